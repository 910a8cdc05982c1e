/* SPDX-License-Identifier: Apache-2.0 */
/* The house as one struct: what runs in this process. App. */
#ifndef TSM_APP_TSMD_SERVE_HOUSE_H
#define TSM_APP_TSMD_SERVE_HOUSE_H

#include "app/tsmd/parties.h"
#include "engine/engine.h"
#include "engine/mail/callback.h"
#include "engine/partner.h"
#include "engine/retention/retention.h"
#include "http/client.h"
#include "http/server.h"
#include "link/partner.h"
#include "link/seram/seram.h"
#include "role/device/device.h"
#include "role/ota/ota.h"
#include "role/report/usage.h"
#include "role/sem/sem.h"
#include "role/sp/sp.h"
#include "role/sp/tsmapi/tsmapi.h"

enum { HOUSE_ROWS = 16, HOUSE_ROUTES = 8 };

struct house {
    const struct config *c;
    struct store *store;
    struct parties parties;
    struct partners *partners;
    struct http_client *client;
    struct engine *engine;
    struct retention *retention;
    struct intake *intake;
    struct sp *sp;
    struct tsmapi *tsmapi;
    struct sem *sem;
    struct ota *ota;
    struct device *device;
    struct callback_desk callbacks;
    struct step_row rows[HOUSE_ROWS + 1];
    size_t n_rows;
    struct partner_port partner_port;
    struct http_server *api, *device_server, *partner_server;
};

/* Orders that wait in files: a thread looks for them; in intake.c. Nothing without the setting. */
enum tsm_err intake_start(struct house *h);
void intake_stop(struct house *h);
/* The short message link, h->ota; in sms.c. Nothing without a message centre. IO or BAD_VALUE for its
 * password file. */
enum tsm_err house_open_sms(struct house *h);
/* Listeners; in listen.c. */
enum tsm_err house_listen(struct house *h);
void house_stop_listening(struct house *h);
extern const struct http_route operations_routes[]; /* app: struct house */
extern const struct http_route campaign_routes[];   /* of providers and operators; app: struct house */

#endif
