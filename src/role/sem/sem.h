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
/* What app wires: HTTP addresses, the engine's row (JOB_DOMAIN), the partner verbs it answers. */
extern const struct http_route sem_routes[];
struct step_row sem_row(struct sem *sem);
enum tsm_err sem_answer_partners(struct sem *sem);

enum { IMPORT_BODY_MAX = 64 << 20, IMPORT_BATCH = 500, IMPORT_REFUSED_SHOWN = 100, BOOKING_S = 86400 };

#endif
