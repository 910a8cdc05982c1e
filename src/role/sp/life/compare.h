/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between two flavors of a service on an element: nothing, another revision of the load file, or
 * more; and which load files stay. Station 5. Pure. [TR-03165 4.2.5.4; GPCS Amendment H] */
#ifndef TSM_ROLE_SP_LIFE_COMPARE_H
#define TSM_ROLE_SP_LIFE_COMPARE_H

#include <jansson.h>
#include <stdbool.h>

enum renewal {
    RENEWAL_NONE,     /* nothing that reaches the card differs */
    RENEWAL_UPGRADE,  /* the one load file has another revision, all else is the same */
    RENEWAL_REINSTALL /* anything else, or nobody knows: a flavor may be NULL */
};
/* Rows of flavors as content/words.h has them. upgrades: the element can replace load files under their
 * applications. */
enum renewal flavors_compare(const json_t *former, const json_t *fresh, bool upgrades);

/*
 * AIDs of the load files that stay on the element when the fresh flavor replaces the former one: the same
 * octets, the same applications, and no import of a file that goes. Owned by the caller; NULL without memory.
 */
json_t *flavors_kept(const json_t *former, const json_t *fresh);
/* Is the load file with this place in the flavor's list among them? */
bool flavor_keeps(const json_t *kept, const json_t *flavor, size_t file);

#endif
