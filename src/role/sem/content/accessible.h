/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's applications made accessible when their service is activated: a row of the owner's works.
 * Stations 6 and 11. Role. [TR-03165 4.1.4.14, 4.2.3.5; capability S14]
 *
 *   {se, domain, applications: [{instance, becomes_selectable, device_apps: [hash of 20 or 32 octets]}]}
 */
#ifndef TSM_ROLE_SEM_CONTENT_ACCESSIBLE_H
#define TSM_ROLE_SEM_CONTENT_ACCESSIBLE_H

#include "store/store.h"

struct arena;
struct turn;
enum tsm_err accessible_read(struct turn *t, struct arena *arena);
/* CONFLICT for an application that is not of the provider's domain, TOO_LONG for too many rules. */
enum tsm_err accessible_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err accessible_load(struct turn *t, struct tx *tx);

#endif
