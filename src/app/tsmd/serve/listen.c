/* SPDX-License-Identifier: Apache-2.0 */
/* The listeners: API, device agents, partner TSMs; each with its own workers. App. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tsmd/serve/house.h"
#include "base/hex.h"
#include "base/json.h"

/* Interfaces that tell errors otherwise than by problem documents. */
static const struct http_manner *manners_of(const struct house *h, const char *setting)
{
    if (h->sp && !strcmp(setting, "listen"))
        return sp_manners;
    return h->tsmapi && !strcmp(setting, "listen_device") ? tsmapi_manners : NULL;
}

static enum tsm_err listen_on(struct house *h, const char *setting, const char *value,
                              const struct http_routes *routes, size_t n, struct http_server **out)
{
    bool partner = !strcmp(setting, "listen_partner");
    struct http_tls tls = {.cert_file = h->c->tls_cert,
                           .key_file = h->c->tls_key,
                           .client_ca_file = partner ? h->c->tls_ca : NULL,
                           .client_cert = partner ? HTTP_CERT_REQUIRED : HTTP_CERT_NONE};
    struct address a;
    struct http_config config = {.routes = routes,
                                 .n_routes = n,
                                 .manners = manners_of(h, setting),
                                 .tls = h->c->tls_cert[0] ? &tls : NULL,
                                 .limits = {.workers = (unsigned)strtoul(h->c->http_workers, NULL, 10)}};
    TRY(config_address(setting, value, &a));
    config.address = a.host;
    config.port = a.port;
    return http_server_new(&config, out);
}

static void tell(struct house *h, const char *url)
{
    if (h->sp)
        sp_device_url(h->sp, url);
    if (h->sem)
        sem_device_url(h->sem, url);
}

/* Where device agents go: said by configuration, else our own listener with the port that it got. */
static enum tsm_err tell_device_url(struct house *h)
{
    char url[SETTING_MAX + 32];
    struct address a;
    if (h->c->device_url[0]) {
        tell(h, h->c->device_url);
        return TSM_OK;
    }
    TRY(config_address("listen_device", h->c->listen_device, &a));
    snprintf(url, sizeof url, "%s://%s:%u/gp/seram", h->c->tls_cert[0] ? "https" : "http", a.host,
             h->device && h->device_server ? http_server_port(h->device_server) : a.port);
    tell(h, url);
    return TSM_OK;
}

static enum tsm_err listen_api(struct house *h)
{
    struct http_routes routes[HOUSE_ROUTES] = {{operations_routes, h}};
    size_t n = 1;
    if (h->sp)
        routes[n++] = (struct http_routes){sp_routes, h->sp};
    if (h->sem)
        routes[n++] = (struct http_routes){sem_routes, h->sem};
    if (h->sp || h->sem)
        routes[n++] = (struct http_routes){campaign_routes, h};
    routes[n++] = (struct http_routes){report_routes, h->store};
    TRY(listen_on(h, "listen", h->c->listen, routes, n, &h->api));
    return http_server_start(h->api);
}

/* A message of a peer: its certificate must name the party that it speaks for. */
struct letter {
    struct house *h;
    struct partner_wire wire;
};

static enum tsm_err take_letter(struct tx *tx, void *arg)
{
    struct letter *l = arg;
    return partner_receive(l->h->partners, tx, &l->wire);
}

static enum tsm_err received(void *self, const struct partner_message *m, char **answer)
{
    struct letter l = {.h = self};
    uint8_t trace[TRACE_LEN];
    size_t n = 0;
    json_t *o;
    enum tsm_err e;
    *answer = NULL;
    TRY(json_read(m->json, &o));
    l.wire = (struct partner_wire){.from = json_member(o, "from"),
                                   .to = json_member(o, "to"),
                                   .verb = m->verb,
                                   .key = json_member(o, "key"),
                                   .body = json_member(o, "body")};
    if (strcmp(l.wire.from, m->peer_name) != 0)
        e = FAIL(NOT_ALLOWED, "the certificate of %.60s does not speak for %.60s", m->peer_name, l.wire.from);
    else if (strcmp(l.wire.key, m->key) != 0)
        e = FAIL_FIELD(BAD_VALUE, "key", "the key is not that of the Idempotency-Key");
    else
        e = json_member_hex(o, "trace", trace, sizeof trace, &n);
    l.wire.trace = BYTES_OF(trace, n);
    if (e == TSM_OK)
        e = store_write(l.h->store, take_letter, &l);
    json_decref(o);
    return e;
}

/* Handsets: their agents, and their apps; apart from the API [TR-03165 4.2.2]. */
static enum tsm_err listen_device(struct house *h)
{
    struct http_routes routes[HOUSE_ROUTES];
    size_t n = 0;
    if (h->device)
        routes[n++] = (struct http_routes){seram_routes, device_port(h->device)};
    if (h->tsmapi)
        routes[n++] = (struct http_routes){tsmapi_routes, h->tsmapi};
    if (n == 0)
        return TSM_OK;
    TRY(listen_on(h, "listen_device", h->c->listen_device, routes, n, &h->device_server));
    return http_server_start(h->device_server);
}

enum tsm_err house_listen(struct house *h)
{
    TRY(listen_device(h));
    if (h->c->listen_partner[0]) {
        struct http_routes routes = {partner_routes, &h->partner_port};
        h->partner_port = (struct partner_port){.self = h, .received = received};
        TRY(listen_on(h, "listen_partner", h->c->listen_partner, &routes, 1, &h->partner_server));
        TRY(http_server_start(h->partner_server));
    }
    TRY(tell_device_url(h));
    return listen_api(h);
}

void house_stop_listening(struct house *h)
{
    if (h->device)
        device_stop(h->device);
    if (h->sp)
        sp_stop(h->sp);
    http_server_stop(h->partner_server);
    http_server_stop(h->device_server);
    http_server_stop(h->api);
}
