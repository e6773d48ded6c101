/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gcc calls for __builtin_ctzll() on a CPU that has no instruction for it; it is in libgcc, which
 * a freestanding link leaves out. @value is not 0.
 */
int __ctzdi2(unsigned long long value);

int __ctzdi2(unsigned long long value)
{
	int count = 0;

	for (; !(value & 1u); value >>= 1)
		count++;
	return count;
}
