/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that Linux drivers make, by Linux's names, with what Linux 6.12 lets them observe:
 * numbers or 0, results of 0 or a negative errno, or nothing at all. docs/SPEC.md lists where this
 * differs from 6.12 on purpose.
 *
 * The library has no globals, so each call exists twice: irqref_linux_NAME(), which is told the
 * space or a domain, and the bare NAME, which asks irqref_linux_space(), a function that the
 * embedder defines. With IRQREF_LINUX_NO_NAMES the bare names are left out.
 *
 * All creating calls share one floating reference for each mapping. A request is an anonymous
 * strong reference that holds the handler. disable and enable, which have no reference, share one
 * depth for each number; it goes with the last handler. What a call cannot return is recorded as
 * IRQREF_EVENT_LINUX_FAILED with the library's own code.
 */
#ifndef IRQREF_LINUX_API_H
#define IRQREF_LINUX_API_H

#include <irqref/irqref.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Results; the numbers are Linux's own on most architectures. */
enum irqref_linux_errno {
	IRQREF_LINUX_ENOENT = 2,
	IRQREF_LINUX_EIO = 5,
	IRQREF_LINUX_EAGAIN = 11,
	IRQREF_LINUX_ENOMEM = 12,
	IRQREF_LINUX_EBUSY = 16,
	IRQREF_LINUX_EEXIST = 17,
	IRQREF_LINUX_ENODEV = 19,
	IRQREF_LINUX_EINVAL = 22,
	IRQREF_LINUX_ENOSPC = 28,
	IRQREF_LINUX_EDEADLK = 35,
	IRQREF_LINUX_EOVERFLOW = 75,
};

/** Flags of a request; the values are Linux's. The low four bits are a trigger type. */
enum irqref_linux_flags {
	IRQREF_LINUX_TRIGGER_MASK = 0x0f,
	IRQREF_LINUX_SHARED = 0x80,
	IRQREF_LINUX_NO_AUTOEN = 0x80000,
};

/**
 * irqref_linux_errno() - the errno of a result code
 * @err: a code of the library
 *
 * Context: any.
 * Return: 0 or more for success; else a negative errno.
 * Grace period: none.
 */
int irqref_linux_errno(int err);

/**
 * irqref_linux_domain_create_linear() - adds a domain whose hwirqs are looked up in an array
 * @space: the space
 * @node: the firmware's node, or 0
 * @size: how many hwirqs
 * @ops: callbacks, or NULL; must outlive the domain. They set each level's chip and flow.
 * @data: for irqref_domain_data()
 *
 * Context: thread; may wait.
 * Return: the domain, or NULL.
 * Grace period: none.
 */
struct irqref_domain *irqref_linux_domain_create_linear(struct irqref_space *space, uintptr_t node,
                                                        uint32_t size,
                                                        const struct irqref_domain_ops *ops,
                                                        void *data);

/**
 * irqref_linux_domain_create_tree() - adds a domain of sparse hwirqs
 * @space: the space
 * @node: the firmware's node, or 0
 * @ops: callbacks, or NULL; must outlive the domain
 * @data: for irqref_domain_data()
 *
 * Context: thread; may wait.
 * Return: the domain, or NULL.
 * Grace period: none.
 */
struct irqref_domain *irqref_linux_domain_create_tree(struct irqref_space *space, uintptr_t node,
                                                      const struct irqref_domain_ops *ops,
                                                      void *data);

/**
 * irqref_linux_domain_create_hierarchy() - adds a domain on top of another
 * @space: the space; not looked at where @parent is given
 * @parent: the next inner domain, or NULL for a root
 * @size: how many hwirqs; 0 makes them sparse
 * @node: the firmware's node, or 0
 * @ops: callbacks, or NULL; must outlive the domain
 * @data: for irqref_domain_data()
 *
 * Context: thread; may wait.
 * Return: the domain, or NULL.
 * Grace period: none.
 */
struct irqref_domain *irqref_linux_domain_create_hierarchy(struct irqref_space *space,
                                                           struct irqref_domain *parent,
                                                           uint32_t size, uintptr_t node,
                                                           const struct irqref_domain_ops *ops,
                                                           void *data);

/**
 * irqref_linux_domain_create_legacy() - adds a linear domain whose numbers are laid down
 * @space: the space
 * @node: the firmware's node, or 0
 * @size: how many hwirqs
 * @first_virq: the number of @first_hwirq; 0 maps nothing yet (Linux's "simple" domain)
 * @first_hwirq: the first hwirq of the block
 * @ops: callbacks, or NULL; must outlive the domain
 * @data: for irqref_domain_data()
 *
 * Context: thread; may wait.
 * Return: the domain, or NULL; then nothing of the block is mapped.
 * Grace period: none.
 */
struct irqref_domain *irqref_linux_domain_create_legacy(struct irqref_space *space, uintptr_t node,
                                                        uint32_t size, irqref_virq_t first_virq,
                                                        irqref_hwirq_t first_hwirq,
                                                        const struct irqref_domain_ops *ops,
                                                        void *data);

/**
 * irqref_linux_domain_remove() - removes a domain, whatever is mapped
 * @domain: the domain
 *
 * Tears down what only floats and revokes the rest.
 *
 * Context: thread; may wait.
 * Grace period: waits for one.
 */
void irqref_linux_domain_remove(struct irqref_domain *domain);

/**
 * irqref_linux_domain_associate() - maps fixed numbers
 * @domain: the domain
 * @virq: first number
 * @hwirq: first hwirq
 * @count: how many; all or none
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL; -ENOMEM; -EIO (a callback refused).
 * Grace period: none.
 */
int irqref_linux_domain_associate(struct irqref_domain *domain, irqref_virq_t virq,
                                  irqref_hwirq_t hwirq, uint32_t count);

/**
 * irqref_linux_create_mapping() - the number of an hwirq, mapped if it is not
 * @space: the space
 * @domain: the domain; NULL is the space's default domain
 * @hwirq: the number in it
 *
 * Context: thread; may wait.
 * Return: the number, or 0.
 * Grace period: as irqref_floating_get().
 */
irqref_virq_t irqref_linux_create_mapping(struct irqref_space *space, struct irqref_domain *domain,
                                          irqref_hwirq_t hwirq);

/**
 * irqref_linux_create_fwspec_mapping() - the number of a specifier, mapped if it is not
 * @space: the space
 * @fwspec: the specifier; node 0 is the default domain
 *
 * Bits of its type that no trigger type has are left out.
 *
 * Context: thread; may wait.
 * Return: the number, or 0.
 * Grace period: as irqref_floating_get().
 */
irqref_virq_t irqref_linux_create_fwspec_mapping(struct irqref_space *space,
                                                 const struct irqref_fwspec *fwspec);

/**
 * irqref_linux_create_of_mapping() - the same for a controller's node and cells
 * @space: the space
 * @node: the controller
 * @args: the cells
 * @count: how many
 *
 * Context: thread; may wait.
 * Return: the number, or 0.
 * Grace period: as irqref_floating_get().
 */
irqref_virq_t irqref_linux_create_of_mapping(struct irqref_space *space, uintptr_t node,
                                             const uint32_t *args, uint32_t count);

/**
 * irqref_linux_find_mapping() - the number of an hwirq that is mapped
 * @space: the space
 * @domain: the domain; NULL is the space's default domain
 * @hwirq: the number in it
 *
 * Context: any.
 * Return: the number, or 0.
 * Grace period: none held.
 */
irqref_virq_t irqref_linux_find_mapping(struct irqref_space *space, struct irqref_domain *domain,
                                        irqref_hwirq_t hwirq);

/**
 * irqref_linux_dispose_mapping() - undoes any number of creates
 * @space: the space
 * @virq: the number
 *
 * Context: any; see irqref_floating_put().
 * Grace period: none.
 */
void irqref_linux_dispose_mapping(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_linux_domain_alloc_irqs() - maps a block of hwirqs
 * @domain: the domain
 * @count: how many, at least 1
 * @fwspec: what the first hwirq is; also the map callback's argument
 *
 * The hwirqs follow each other, and so do the numbers.
 *
 * Context: thread; may wait.
 * Return: the first number; -EINVAL; -EEXIST (an hwirq is mapped); -ENOSPC; -ENOMEM; -EIO; as
 * irqref_linux_errno(). On failure nothing is mapped.
 * Grace period: as irqref_floating_get().
 */
int irqref_linux_domain_alloc_irqs(struct irqref_domain *domain, uint32_t count,
                                   const struct irqref_fwspec *fwspec);

/**
 * irqref_linux_domain_free_irqs() - disposes of a block
 * @space: the space
 * @virq: the first number
 * @count: how many
 *
 * Context: any; see irqref_floating_put().
 * Grace period: none.
 */
void irqref_linux_domain_free_irqs(struct irqref_space *space, irqref_virq_t virq, uint32_t count);

/**
 * irqref_linux_domain_push_irq() - puts a level on top of a mapping
 * @domain: the new outermost domain
 * @virq: the number
 * @fwspec: what the hwirq is in @domain, and the map callback's argument; NULL: the number it has
 *          in the parent domain
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL; -EBUSY (handlers installed); as irqref_linux_errno().
 * Grace period: see irqref_level_push().
 */
int irqref_linux_domain_push_irq(struct irqref_domain *domain, irqref_virq_t virq,
                                 const struct irqref_fwspec *fwspec);

/**
 * irqref_linux_domain_pop_irq() - takes the outermost level off a mapping
 * @domain: that level's domain
 * @virq: the number
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL; -EBUSY (handlers installed); as irqref_linux_errno().
 * Grace period: see irqref_level_pop().
 */
int irqref_linux_domain_pop_irq(struct irqref_domain *domain, irqref_virq_t virq);

/**
 * irqref_linux_handle_domain_irq() - serves an interrupt that a controller raised
 * @domain: the controller's domain
 * @hwirq: the number it gave
 *
 * Context: as irqref_dispatch().
 * Return: 0; -EINVAL (nothing is mapped there).
 * Grace period: none.
 */
int irqref_linux_handle_domain_irq(struct irqref_domain *domain, irqref_hwirq_t hwirq);

/**
 * irqref_linux_handle_irq() - the same by number
 * @space: the space
 * @virq: the number
 *
 * Context: as irqref_dispatch().
 * Return: 0; -EINVAL.
 * Grace period: none.
 */
int irqref_linux_handle_irq(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_linux_request_irq() - installs a handler on a number
 * @space: the space
 * @virq: the number
 * @handler: the function
 * @flags: of enum irqref_linux_flags, and a trigger type or none; others are ignored
 * @name: for the ledger; copied; NULL is "?"
 * @dev_id: its cookie; not NULL with IRQREF_LINUX_SHARED
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL (not mapped, no handler, bad flags); -EBUSY (the line is not to be shared, or
 * with another trigger type); -ENOMEM; -ENODEV (revoked); as irqref_linux_errno().
 * Grace period: none.
 */
int irqref_linux_request_irq(struct irqref_space *space, irqref_virq_t virq,
                             irqref_handler_fn *handler, unsigned long flags, const char *name,
                             void *dev_id);

/**
 * irqref_linux_request_percpu_irq() - installs a handler on a per-CPU line
 * @space: the space
 * @virq: the number
 * @handler: the function
 * @name: for the ledger; copied; NULL is "?"
 * @cookies: one for each CPU; also what free_percpu_irq is told
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL (also: not a per-CPU line); -EBUSY; -ENOMEM; as irqref_linux_errno().
 * Grace period: none.
 */
int irqref_linux_request_percpu_irq(struct irqref_space *space, irqref_virq_t virq,
                                    irqref_handler_fn *handler, const char *name,
                                    void *const *cookies);

/**
 * irqref_linux_free_irq() - removes a handler and waits until it does not run
 * @space: the space
 * @virq: the number
 * @dev_id: the cookie that it was requested with (for a per-CPU line: the array of cookies)
 *
 * Works also when the mapping was disposed of or revoked meanwhile.
 *
 * Context: thread; may wait.
 * Return: true if a handler was removed.
 * Grace period: as irqref_put_sync().
 */
bool irqref_linux_free_irq(struct irqref_space *space, irqref_virq_t virq, const void *dev_id);

/**
 * irqref_linux_set_chained_handler() - installs or removes a demultiplexer
 * @space: the space
 * @virq: the number
 * @handler: the function; NULL removes the one that is there and waits until it does not run
 * @data: its cookie
 *
 * Context: thread; may wait.
 * Return: 0; or a negative errno, which the Linux-named form records instead.
 * Grace period: none.
 */
int irqref_linux_set_chained_handler(struct irqref_space *space, irqref_virq_t virq,
                                     irqref_handler_fn *handler, void *data);

/**
 * irqref_linux_disable_irq() - keeps a line's handlers from running; nests
 * @space: the space
 * @virq: the number
 * @sync: also wait until none runs; where waiting is not allowed it is only disabled, and recorded
 *
 * Context: any without @sync; else thread, may wait.
 * Grace period: none.
 */
void irqref_linux_disable_irq(struct irqref_space *space, irqref_virq_t virq, bool sync);

/**
 * irqref_linux_enable_irq() - takes one disable back
 * @space: the space
 * @virq: the number
 *
 * One that takes none back changes nothing and is recorded.
 *
 * Context: any.
 * Grace period: none.
 */
void irqref_linux_enable_irq(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_linux_percpu_irq_enable() - lets the calling CPU take a per-CPU interrupt, or not
 * @space: the space
 * @virq: the number
 * @enable: whether it may
 *
 * Context: any, without moving to another CPU.
 * Grace period: none.
 */
void irqref_linux_percpu_irq_enable(struct irqref_space *space, irqref_virq_t virq, bool enable);

/**
 * irqref_linux_synchronize_irq() - waits until every run that has begun is over
 * @space: the space
 * @virq: the number; one that is not mapped is nothing to wait for
 *
 * Context: thread; may wait.
 * Grace period: waits for one only for per-CPU interrupts.
 */
void irqref_linux_synchronize_irq(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_linux_set_irq_type() - changes the trigger type
 * @space: the space
 * @virq: the number
 * @type: one of enum irqref_type; other bits are left out
 *
 * Context: any. Calls the chip if handlers are installed.
 * Return: 0; -EINVAL (not mapped, or the chip refused); -EBUSY (a strong reference needs another);
 * -ENODEV (revoked).
 * Grace period: none.
 */
int irqref_linux_set_irq_type(struct irqref_space *space, irqref_virq_t virq, unsigned int type);

/**
 * irqref_linux_get_trigger_type() - the trigger type in force
 * @space: the space
 * @virq: the number
 *
 * Context: any.
 * Return: one of enum irqref_type; NONE also when nothing is mapped there.
 * Grace period: none.
 */
unsigned int irqref_linux_get_trigger_type(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_linux_set_affinity() - routes a line to one of some CPUs
 * @space: the space
 * @virq: the number
 * @cpus: the set
 *
 * Context: thread; may wait.
 * Return: 0; -EINVAL (not mapped, or the chip cannot); as irqref_linux_errno().
 * Grace period: none.
 */
int irqref_linux_set_affinity(struct irqref_space *space, irqref_virq_t virq,
                              const struct irqref_cpumask *cpus);

/**
 * irqref_linux_has_action() - whether a handler is installed on a number
 * @space: the space
 * @virq: the number
 *
 * Context: any.
 * Return: whether there is one.
 * Grace period: none.
 */
bool irqref_linux_has_action(struct irqref_space *space, irqref_virq_t virq);

#ifdef __cplusplus
}
#endif

#ifndef IRQREF_LINUX_NO_NAMES
#include <irqref/linux_names.h>
#endif

#endif /* IRQREF_LINUX_API_H */
