/* SPDX-License-Identifier: Apache-2.0 */
/* The device side: agents on handsets fetch the exchanges of their secure element by GP SERAM. Station 9.
 * Role. [GP SERAM 2.0.0] */
#ifndef TSM_ROLE_DEVICE_DEVICE_H
#define TSM_ROLE_DEVICE_DEVICE_H

#include "engine/engine.h"
#include "engine/partner.h"
#include "link/seram/seram.h"

struct device;
struct device_config {
    struct store *store;
    struct partners *partners;
    struct clock *clock;
    unsigned wait_ms;  /* longest a poll is held; 0: SERAM_WAIT_MS */
    unsigned held_max; /* polls held at once, fewer than the listener has workers; 0: DEVICE_HELD_MAX */
};
enum { DEVICE_HELD_MAX = 8 };

enum tsm_err device_new(const struct device_config *config, struct device **out);
void device_free(struct device *d);
/* Lets go of all polls that are held, so that the listener can stop. */
void device_stop(struct device *d);
/* The app of seram_routes. */
struct seram_port *device_port(struct device *d);
/* The engine's row (JOB_EXCHANGE_DEVICE): only what nobody fetched in time comes to it. */
struct step_row device_row(struct device *d);

#endif
