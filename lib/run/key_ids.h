/*
 * key_ids.h -- numbers for keys: what windows of each key go by.
 *
 * A number is the key's hash, so that it does not depend on what other keys there were, except where two hashes are the
 * same. It is the key's for as long as something holds it, and until the next sweep.
 *
 * Dies of want of memory. Threads: none inside.
 */
#ifndef STREAMKIT_RUN_KEY_IDS_H
#define STREAMKIT_RUN_KEY_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "../span.h"

struct sk_key_ids;

struct sk_key_ids *sk_key_ids_new(void);

/* NULL is fine. */
void sk_key_ids_free(struct sk_key_ids *ids);

/* The numbers of ${n} ${keys}: side by side, for what is known of them is mostly far away. */
void sk_key_ids_numbers(
    struct sk_key_ids *ids, const struct sk_span *keys, size_t n, uint64_t *numbers);

/* The key of a ${number} in use; borrowed until the number is no longer in use. */
struct sk_span sk_key_ids_key(struct sk_key_ids *ids, uint64_t number);

/* Hold a ${number} in use, as often as it is released again. */
void sk_key_ids_hold(struct sk_key_ids *ids, uint64_t number);
void sk_key_ids_release(struct sk_key_ids *ids, uint64_t number);

/* Forget the keys that nothing holds. */
void sk_key_ids_sweep(struct sk_key_ids *ids);

/* Bytes in use. */
size_t sk_key_ids_memory(const struct sk_key_ids *ids);

#endif
