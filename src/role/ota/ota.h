/* SPDX-License-Identifier: Apache-2.0 */
/* Over the air by short message: carries packets to UICCs and brings proofs of receipt back; knows neither
 * keys nor commands. Stations 8 and 9. Role. [TS 31.115, TS 23.040, SMPP 3.4] */
#ifndef TSM_ROLE_OTA_OTA_H
#define TSM_ROLE_OTA_OTA_H

#include "engine/engine.h"
#include "engine/partner.h"
#include "link/smpp/smpp_link.h"

struct ota;
struct ota_config {
    struct store *store;
    struct partners *partners;
    struct clock *clock;
    struct smpp_config smpp;
    int64_t node; /* as the engine's: what this one had under way is sent again at start */
};

enum tsm_err ota_new(const struct ota_config *config, struct ota **out);
/* Starts the link; it connects and goes on connecting. */
enum tsm_err ota_start(struct ota *o);
void ota_free(struct ota *o); /* stops the link */
void ota_counts(struct ota *o, struct smpp_counts *out);
/* The engine's row (JOB_EXCHANGE_SMS). */
struct step_row ota_row(struct ota *o);

#endif
