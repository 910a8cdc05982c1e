/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that two roles have: a provider's token asks for campaigns over its service instances, an
 * operator's over its secure elements. Station 2. App. [capabilities S10, S12, P8] */
#include "app/tsmd/serve/house.h"
#include "engine/access.h"
#include "role/sem/care/api.h"
#include "role/sp/bulk/api.h"
#include "role/sp/bulk/bulk.h"

typedef enum tsm_err (*handler)(void *app, struct http_request *q, struct http_reply *reply);

/* Who is neither is told so by the role that is here. */
static enum tsm_err by_token(const struct house *h, struct http_request *q, handler *out, void **app,
                             const handler of[2])
{
    struct caller who;
    const char *token;
    bool owner;
    TRY(http_bearer(q, &token));
    owner = access_of(h->store, token, ACCESS_OPERATOR, &who) == TSM_OK;
    err_clear();
    owner = h->sem && (owner || !h->sp);
    *out = of[owner];
    *app = owner ? (void *)h->sem : (void *)h->sp;
    return TSM_OK;
}

#define SHARED(name, provider, operator)                                                  \
    static enum tsm_err name(void *app, struct http_request *q, struct http_reply *reply) \
    {                                                                                     \
        static const handler of[] = {provider, operator};                                 \
        handler handle;                                                                   \
        TRY(by_token(app, q, &handle, &app, of));                                         \
        return handle(app, q, reply);                                                     \
    }
SHARED(post_campaign, bulk_post, care_post_campaign)
SHARED(list_campaigns, bulk_list, care_list_campaigns)
SHARED(get_campaign, bulk_get, care_get_campaign)
SHARED(list_members, bulk_members, care_list_members)
SHARED(lay_hand, bulk_hand, care_post_campaign_state)

_Static_assert((int)BULK_BODY_MAX == (int)CAMPAIGN_BODY_MAX, "one address has one limit");

const struct http_route campaign_routes[] = {
    {"POST", "/api/v1/campaigns", post_campaign, BULK_BODY_MAX, "application/json"},
    {"GET", "/api/v1/campaigns", list_campaigns, 0, NULL},
    {"GET", "/api/v1/campaigns/{id}", get_campaign, 0, NULL},
    {"GET", "/api/v1/campaigns/{id}/members", list_members, 0, NULL},
    {"POST", "/api/v1/campaigns/{id}/{action}", lay_hand, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
