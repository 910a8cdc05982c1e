/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's role as app sees it: addresses, engine rows; and the signal that orders moved. Role. */
#include "role/sp/prep/attest.h"
#include "role/sp/sp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "link/cap/archive.h"
#include "role/sp/content/load_file.h"
#include "role/sp/sptsm/serve.h"
#include "role/sp/owner/ask_now.h"
#include "role/sp/domain/late.h"
#include "role/sp/keys/keys.h"
#include "role/sp/modes/confidential.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/art/art.h"
#include "role/sp/art/picture.h"
#include "role/sp/spos/queue.h"
#include "role/sp/token/provider.h"
#include "role/sp/verify/verify.h"
#include "vault/jose/jwk.h"

static enum tsm_err get_intake_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct vault_party *vault;
    struct caller who;
    const char *token;
    json_t *jwk;
    TRY(http_bearer(q, &token));
    TRY(access_of(sp->c.store, token, ACCESS_PROVIDER, &who));
    TRY(sp->c.vault_of(sp->c.self, who.party, &vault));
    TRY(vault_public_jwk(vault, VAULT_KEY_INTAKE, &jwk));
    return http_reply_json(reply, 200, jwk);
}

const struct http_route sp_routes[] = {
    {"POST", "/api/v1/orders", sp_post_order, 64 * 1024, "application/json"},
    {"GET", "/api/v1/orders", sp_list_orders, 0, NULL},
    {"GET", "/api/v1/orders/{id}", sp_get_order, 0, NULL},
    {"DELETE", "/api/v1/orders/{id}", sp_delete_order, 0, NULL},
    {"GET", "/api/v1/instances/{id}", sp_get_instance, 0, NULL},
    {"GET", "/api/v1/intake-key", get_intake_key, 0, NULL},
    {"GET", "/api/v1/oce-key", sp_get_oce_key, 0, NULL},
    {"GET", "/api/v1/attestation-key", sp_get_attestation_key, 0, NULL},
    {"POST", "/api/v1/keys", sp_post_key, KEYS_BODY_MAX, "application/json"},
    {"GET", "/api/v1/keys", sp_list_keys, 0, NULL},
    {"GET", "/api/v1/keys/{name}", sp_get_key, 0, NULL},
    {"POST", "/api/v1/keys/{name}/export", sp_export_key, KEYS_BODY_MAX, "application/json"},
    {"POST", "/api/v1/eligibility", sp_post_eligibility, 0, "application/json"},
    {"POST", "/api/v1/load-files", sp_post_load_file, CAP_FILE_MAX,
     "application/octet-stream, application/java-archive"},
    {"GET", "/api/v1/load-files", sp_list_load_files, 0, NULL},
    {"GET", "/api/v1/load-files/{hash}", sp_get_load_file, 0, NULL},
    {"POST", "/api/v1/orders/{id}/activation", verify_post_answer, VERIFY_SETTING_MAX, "application/json"},
    {"PUT", "/api/v1/services/{service}/verification", verify_put_setting, VERIFY_SETTING_MAX,
     "application/json"},
    {"GET", "/api/v1/services/{service}/verification", verify_get_setting, 0, NULL},
    {"DELETE", "/api/v1/services/{service}/verification", verify_delete_setting, 0, NULL},
    {"POST", "/api/v1/card-art", sp_post_card_art, PICTURE_BYTES_MAX + 1, "image/png, image/jpeg"},
    {"GET", "/api/v1/card-art", sp_list_card_art, 0, NULL},
    {"GET", "/api/v1/card-art/{hash}", sp_get_card_art, 0, NULL},
    {"DELETE", "/api/v1/card-art/{hash}", sp_delete_card_art, 0, NULL},
    {"GET", "/api/v1/token-providers", token_list_providers, 0, NULL},
    {"PUT", "/api/v1/token-providers/{name}", token_put_provider, 0, "application/json"},
    {"DELETE", "/api/v1/token-providers/{name}", token_delete_provider, 0, NULL},
    {"GET", "/api/v1/spos", sp_get_spos, 0, NULL},
    {"GET", "/api/v1/spos/results", sp_list_spos_results, 0, NULL},
    {"POST", "/api/v1/spos/retry", sp_post_spos_retry, 0, NULL},
    {"GET", SPTSM_BASE "{rest...}", sptsm_handle, SPTSM_BODY_MAX, NULL},
    {"POST", SPTSM_BASE "{rest...}", sptsm_handle, SPTSM_BODY_MAX, NULL},
    {"PUT", SPTSM_BASE "{rest...}", sptsm_handle, SPTSM_BODY_MAX, NULL},
    {"DELETE", SPTSM_BASE "{rest...}", sptsm_handle, SPTSM_BODY_MAX, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct http_manner sp_manners[] = {{SPTSM_BASE, sptsm_tell}, {NULL, NULL}};

enum tsm_err sp_new(const struct sp_config *config, struct sp **out)
{
    struct sp *sp = calloc(1, sizeof *sp);
    NEED(sp != NULL, NO_MEMORY);
    sp->c = *config;
    sp->c.waits_max = config->waits_max ? config->waits_max : ORDER_WAITS_MAX;
    pthread_mutex_init(&sp->lock, NULL);
    pthread_mutex_init(&sp->keys, NULL);
    pthread_cond_init(&sp->turned, NULL);
    *out = sp;
    return late_want(sp->c.partners);
}

void sp_device_url(struct sp *sp, const char *url)
{
    snprintf(sp->device_url, sizeof sp->device_url, "%s", url);
}

void sp_free(struct sp *sp)
{
    if (!sp)
        return;
    pthread_mutex_destroy(&sp->lock);
    pthread_mutex_destroy(&sp->keys);
    pthread_cond_destroy(&sp->turned);
    free(sp);
}

uint64_t sp_turns(struct sp *sp)
{
    uint64_t n;
    pthread_mutex_lock(&sp->lock);
    n = sp->turns;
    pthread_mutex_unlock(&sp->lock);
    return n;
}

bool sp_wait_turn(struct sp *sp, uint64_t seen, time_us until, bool due)
{
    struct timespec t = clock_after(until - clock_now(&clock_real));
    bool allowed;
    pthread_mutex_lock(&sp->lock);
    allowed = (due || sp->waiting < sp->c.waits_max) && !sp->stopping;
    if (allowed) {
        sp->waiting++;
        while (sp->turns == seen && !sp->stopping)
            if (pthread_cond_clockwait(&sp->turned, &sp->lock, CLOCK_MONOTONIC, &t) != 0)
                break;
        sp->waiting--;
    }
    pthread_mutex_unlock(&sp->lock);
    return allowed;
}

void sp_note_turn(struct sp *sp)
{
    pthread_mutex_lock(&sp->lock);
    sp->turns++;
    pthread_cond_broadcast(&sp->turned);
    pthread_mutex_unlock(&sp->lock);
}

void sp_stop(struct sp *sp)
{
    pthread_mutex_lock(&sp->lock);
    sp->stopping = true;
    pthread_cond_broadcast(&sp->turned);
    pthread_mutex_unlock(&sp->lock);
}
