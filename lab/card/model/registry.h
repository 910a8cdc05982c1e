/* SPDX-License-Identifier: Apache-2.0 */
/* The GlobalPlatform registry: entries, hierarchy, privileges, memory accounting (station 10, the card's
 * side); pure; GPCS 2.3.1 6.5, 6.6, 7.2, 9.7. */
#ifndef LAB_CARD_MODEL_REGISTRY_H
#define LAB_CARD_MODEL_REGISTRY_H

#include "card/model/model.h"

/* Privileges that one entry has at a time, the issuer's domain for want of another (6.6.2). */
#define PRIVILEGES_OF_ONE ((uint32_t)(PRIV_CARD_RESET | PRIV_FINAL_APPLICATION))

/* Bytes the card books for an entry beside its own data. */
#define MEMORY_PER_ELF       64
#define MEMORY_PER_APP       96
#define MEMORY_PER_SD        640
#define MEMORY_PER_KEY       48
#define MEMORY_PER_ASYM(len) (24U + (uint32_t)(len))
/* Volatile memory of the card and what an entry holds of it. */
#define RAM_TOTAL   4096
#define RAM_PER_APP 32
#define RAM_PER_SD  64

bool aid_set(struct aid *a, const uint8_t *value, size_t len);
bool aid_same(const struct aid *a, const struct aid *b);
/* True when `part` is a prefix of `a` (GPCS 6.4.2.1: partial AID). */
bool aid_starts_with(const struct aid *a, const uint8_t *part, size_t len);

struct app *registry_app(const struct card *c, const struct aid *aid);
struct elf *registry_elf(const struct card *c, const struct aid *aid);
/* True when an application or executable load file already bears the AID. */
bool registry_taken(const struct card *c, const struct aid *aid);

/* NULL when the table is full or memory ends; the entry is complete but for AID-specific data. */
struct app *registry_add_app(struct card *c, const struct aid *aid, struct elf *elf, uint32_t privileges);
struct elf *registry_add_elf(struct card *c, const struct aid *aid, struct app *owner);
/* Removes, wipes and frees. The privileges that fall back to the issuer's domain do so (6.6.2). */
void registry_remove_app(struct card *c, struct app *a);
void registry_remove_elf(struct card *c, struct elf *e);

struct app *card_isd(const struct card *c);
bool app_is_locked(const struct app *a);
bool app_has(const struct app *a, uint32_t privilege);
/* True when `sd` is directly or indirectly the associated security domain of `a`, or is `a` itself. */
bool app_is_under(const struct app *a, const struct app *sd);
/* True when both are in the same hierarchy: below the issuer's domain or below one that is associated with
 * itself (7.2). */
bool app_same_tree(const struct app *a, const struct app *b);
/* The only entry selectable while the card is locked or terminated. */
struct app *card_final(const struct card *c);
/* True when some application or load file is associated with `sd`. */
bool sd_has_content(const struct card *c, const struct app *sd);
/* True when card content may change (GPCS 5.1.1.4, 5.1.1.5). */
bool card_content_open(const struct card *c);
/* Ends the GET STATUS continuation when it belongs to this channel or application. */
void listing_end(struct card *c, const void *whose);

/* Books `n` bytes for `a` (NULL: for the card); false when quota or memory is exhausted (9.7). */
bool memory_take(struct card *c, struct app *a, uint32_t n);
void memory_give(struct card *c, struct app *a, uint32_t n);
/* Quotas and reserved memory of INSTALL [for install]: tags C8, D8, C7, D7. */
struct memory_terms {
    uint32_t quota, reserved, ram_quota, ram_reserved;
};
/* Puts a new application under its terms and gives it its volatile memory; false when they cannot be granted.
 */
bool memory_assign(struct card *c, struct app *a, const struct memory_terms *t);
uint32_t memory_free(const struct card *c);
uint32_t ram_free(const struct card *c);
/* Gives back all that `a` holds or has reserved. */
void memory_forget(struct card *c, const struct app *a);
/* True when `more` bytes and `more_ram` bytes of volatile memory fit what was granted to the domains from
 * `owner` upwards (tags 83 and 82: cumulative granted memory of all that is below a domain). */
bool memory_granted(const struct card *c, const struct app *owner, uint32_t more, uint32_t more_ram);
/* What is left for content of `sd`: of the card, or of a grant when that is less. */
uint32_t memory_left(const struct card *c, const struct app *sd);
uint32_t ram_left(const struct card *c, const struct app *sd);

#endif
