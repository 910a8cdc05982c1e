/* SPDX-License-Identifier: Apache-2.0 */
/* The secure element manager: owns issuer keys, the inventory, the space on the elements. Stations 4 and 6.
 * Role. [GPCS 2.3.1] */
#ifndef TSM_ROLE_SEM_SEM_H
#define TSM_ROLE_SEM_SEM_H

#include "engine/engine.h"
#include "engine/partner.h"
#include "http/server.h"
#include "vault/vault.h"

struct sem;

struct sem_config {
    struct store *store;
    struct partners *partners;
    struct clock *clock;
    /* The vault of a party whose owner's side runs here; NOT_FOUND else. */
    enum tsm_err (*vault_of)(void *self, int64_t party, struct vault_party **out);
    void *self;
};

enum tsm_err sem_new(const struct sem_config *config, struct sem **out);
void sem_free(struct sem *sem);
/* Where device agents go, once the listener has its port; before the first request. */
void sem_device_url(struct sem *sem, const char *url);
/* What app wires: HTTP addresses, the engine's row (JOB_DOMAIN), the partner verbs it answers. */
extern const struct http_route sem_routes[];
struct step_row sem_row(struct sem *sem);
/* The rows of its own care for elements (JOB_CARE, JOB_CAMPAIGN). */
struct step_row sem_care_row(struct sem *sem);
struct step_row sem_campaign_row(struct sem *sem);
enum tsm_err sem_answer_partners(struct sem *sem);

enum { BOOKING_S = 86400 };

#endif
