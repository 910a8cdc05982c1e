/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for callbacks (JOB_CALLBACK): what a party's address is told, in effect once: results to
 * providers, drift and alarms to owners. Station 12. Edge. */
#ifndef TSM_ENGINE_MAIL_CALLBACK_H
#define TSM_ENGINE_MAIL_CALLBACK_H

#include "engine/engine.h"
#include "http/client.h"

struct callback_desk {
    struct store *store;
    struct http_client *client; /* NULL: nobody is told */
};
struct step_row callback_row(struct callback_desk *desk);

#endif
