# SPDX-License-Identifier: BSD-2-Clause
# Source of a board with many devices, and a model that looks like markup.
BEGIN {
	print "/dts-v1/; / { model = \"</script><img src=x>\"; interrupt-parent = <&ic>;"
	print "ic: ic { interrupt-controller; #interrupt-cells = <1>; };"
	printf "dma { interrupts = <"
	for (i = 0; i < 64; i++)
		printf "%d ", i
	print ">; };"
	for (i = 0; i < 2000; i++)
		printf "device@%d { interrupts = <%d>; };\n", i, 100 + i
	print "};"
}
