/* SPDX-License-Identifier: Apache-2.0 */
/* Wiring: store, vaults, roles, engine, links, listeners; started bottom up, stopped top down. App. */
#include "app/tsmd/serve/serve.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/tsmd/serve/house.h"
#include "app/tsmd/log.h"
#include "engine/element/exchange.h"
#include "vault/memory.h"

/* A request thread finds an arena of its own, and keeps what it freed for its next request: with fewer arenas
 * each waits for one whose thread the system has put aside, with less kept each request asks the system for
 * pages. */
enum { ARENAS = 64, ARENA_KEEPS = 1 << 20 };

static void add_row(struct house *h, struct step_row row)
{
    h->rows[h->n_rows++] = row;
}

/* A clock that was set back while nothing ran: what the run before has written is not in the future. */
static enum tsm_err go_on_in_time(struct store *store)
{
    time_us newest;
    TRY(store_newest(store, &newest));
    clock_not_before(newest);
    if (newest - clock_now(&clock_real) > SECONDS(1))
        log_event("clock.far-back", "si", "next",
                  "set the clock right: what waits has times that are to come", "seconds",
                  (newest - clock_now(&clock_real)) / SECONDS(1));
    return TSM_OK;
}

static enum tsm_err open_stores(struct house *h)
{
    struct store_config sc = {
        .url = h->c->store, .clock = &clock_real, .node = (unsigned)strtoul(h->c->node, NULL, 10)};
    struct http_client_config cc = {.ca_file = h->c->tls_ca[0] ? h->c->tls_ca : NULL,
                                    .cert_file = h->c->tls_cert[0] ? h->c->tls_cert : NULL,
                                    .key_file = h->c->tls_key[0] ? h->c->tls_key : NULL,
                                    .allow_plain = !strcmp(h->c->laboratory, "yes")};
    struct partners_config pc = {.post = partner_send};
    TRY(store_open(&sc, &h->store));
    TRY(go_on_in_time(h->store));
    TRY(parties_open(&h->parties, h->store, h->c));
    TRY(http_client_new(&cc, &h->client));
    pc.store = h->store;
    pc.post_self = h->client;
    return partners_new(&pc, &h->partners);
}

/* Its held requests and those of agents share the workers of one listener: a quarter, a half. */
static enum tsm_err open_tsmapi(struct house *h)
{
    struct tsmapi_config c = {.sp = h->sp,
                              .held_max = (unsigned)strtoul(h->c->http_workers, NULL, 10) / 4,
                              .processes_max = strtol(h->c->device_processes, NULL, 10),
                              .party_max = strtol(h->c->device_processes_party, NULL, 10),
                              .maintenance = !strcmp(h->c->maintenance, "yes")};
    return tsmapi_new(&c, &h->tsmapi);
}

static enum tsm_err open_provider(struct house *h)
{
    struct sp_config c = {.store = h->store,
                          .partners = h->partners,
                          .clock = &clock_real,
                          .waits_max = (unsigned)strtoul(h->c->http_workers, NULL, 10) / 2,
                          .vault_of = parties_vault,
                          .client = h->client,
                          .client_of = parties_client,
                          .spos_longest_s = strtol(h->c->spos_longest_s, NULL, 10),
                          .tsm_oid = h->c->tsm_oid,
                          .self = &h->parties};
    if (!config_has_role(h->c, "sp"))
        return TSM_OK;
    TRY(sp_new(&c, &h->sp));
    add_row(h, sp_order_row(h->sp));
    add_row(h, sp_bulk_row(h->sp));
    TRY(open_tsmapi(h));
    return sp_answer_partners(h->sp);
}

static enum tsm_err open_owner(struct house *h)
{
    struct sem_config c = {.store = h->store,
                           .partners = h->partners,
                           .clock = &clock_real,
                           .vault_of = parties_vault,
                           .self = &h->parties};
    if (!config_has_role(h->c, "sem"))
        return TSM_OK;
    TRY(sem_new(&c, &h->sem));
    add_row(h, sem_row(h->sem));
    add_row(h, sem_care_row(h->sem));
    add_row(h, sem_campaign_row(h->sem));
    return sem_answer_partners(h->sem);
}

static enum tsm_err open_sms(struct house *h)
{
    TRY(house_open_sms(h));
    if (h->ota)
        add_row(h, ota_row(h->ota));
    return TSM_OK;
}

static enum tsm_err open_device(struct house *h)
{
    struct device_config c = {.store = h->store,
                              .partners = h->partners,
                              .clock = &clock_real,
                              .held_max = (unsigned)strtoul(h->c->http_workers, NULL, 10) / 2};
    if (!config_has_role(h->c, "device"))
        return TSM_OK;
    TRY(device_new(&c, &h->device));
    add_row(h, device_row(h->device));
    return TSM_OK;
}

/* Providers hear of their orders, owners of drift and alarms. */
static void open_callbacks(struct house *h)
{
    h->callbacks = (struct callback_desk){.store = h->store, .client = h->client};
    if (h->sp) {
        h->callbacks.by_sort[CALLBACK_RESULTS] = spos_row(h->sp);
        h->callbacks.by_sort[CALLBACK_CODE] = sp_code_row(h->sp);
        h->callbacks.by_sort[CALLBACK_HOOK] = sp_hook_row(h->sp);
        h->callbacks.by_sort[CALLBACK_TOKEN] = sp_token_row(h->sp);
    }
    if (h->sp || h->sem)
        add_row(h, callback_row(&h->callbacks));
}

static enum tsm_err open_engine(struct house *h)
{
    struct engine_config c = {.store = h->store,
                              .clock = &clock_real,
                              .rows = h->rows,
                              .node = strtol(h->c->node, NULL, 10),
                              .workers = (unsigned)strtoul(h->c->workers, NULL, 10),
                              .trouble = log_trouble,
                              .stuck = log_stuck};
    if (h->ota || h->device)
        TRY(exchange_answer_partners(h->partners));
    add_row(h, (struct step_row){.kind = JOB_MESSAGE,
                                 .name = "message",
                                 .work = partner_message_work,
                                 .commit = partner_message_commit,
                                 .self = h->partners});
    return engine_new(&c, &h->engine);
}

static int64_t days_of(const char *setting)
{
    return strtol(setting, NULL, 10);
}

static enum tsm_err open_retention(struct house *h)
{
    struct retention_config c = {.store = h->store,
                                 .clock = &clock_real,
                                 .days = {.jobs = days_of(h->c->keep_jobs_days),
                                          .messages = days_of(h->c->keep_messages_days),
                                          .sessions = days_of(h->c->keep_sessions_days),
                                          .orders = days_of(h->c->keep_orders_days)},
                                 .stuck = log_unpruned};
    TRY(retention_new(&c, &h->retention));
    return retention_start(h->retention);
}

/* What each token can do is told at start; a token that cannot carry the vault stops the server. */
static enum tsm_err test_tokens(const struct house *h)
{
    for (size_t i = 0; i < h->parties.n; i++) {
        json_t *table;
        char *text;
        bool ready;
        TRY(vault_selftest(h->parties.at[i].vault, &table));
        ready = json_is_true(json_object_get(table, "ready"));
        text = json_dumps(table, JSON_COMPACT);
        log_event("token.selftest", "sss", "party", h->parties.at[i].name, "ready", ready ? "yes" : "no",
                  "table", text ? text : "");
        free(text);
        json_decref(table);
        if (!ready)
            return FAIL(
                TOKEN_FAILED,
                "the token of party %s lacks mechanisms that the vault needs: see token.selftest in the log",
                h->parties.at[i].name);
    }
    return TSM_OK;
}

static enum tsm_err start(struct house *h)
{
    TRY(open_stores(h));
    TRY(test_tokens(h));
    TRY(open_provider(h));
    TRY(open_owner(h));
    TRY(open_sms(h));
    TRY(open_device(h));
    open_callbacks(h);
    TRY(open_engine(h));
    TRY(engine_start(h->engine));
    if (h->ota)
        TRY(ota_start(h->ota));
    TRY(open_retention(h));
    TRY(intake_start(h));
    return house_listen(h);
}

static void stop(struct house *h)
{
    house_stop_listening(h);
    intake_stop(h);
    retention_free(h->retention);
    if (h->engine)
        engine_stop(h->engine);
    ota_free(h->ota);
    engine_free(h->engine);
    device_free(h->device);
    sem_free(h->sem);
    tsmapi_free(h->tsmapi);
    sp_free(h->sp);
    partners_free(h->partners);
    http_client_free(h->client);
    store_close(h->store);
    parties_close(&h->parties);
}

static void say_one(const char *name, const char *setting, struct http_server *server)
{
    struct address a = {.host = ""};
    if (server && config_address(name, setting, &a) == TSM_OK)
        printf(" %s=%s:%u", name, a.host, http_server_port(server));
}

static void say_ready(const struct house *h)
{
    fputs("ready", stdout);
    say_one("api", h->c->listen, h->api);
    say_one("device", h->c->listen_device, h->device_server);
    say_one("partner", h->c->listen_partner, h->partner_server);
    putchar('\n');
    fflush(stdout);
    log_event("ready", "ss", "roles", h->c->roles, "store", h->c->store);
}

/* Production memory is locked and undumpable; where the system refuses the lock, the log says so. */
static enum tsm_err harden(void)
{
    bool all_locked;
    mallopt(M_ARENA_MAX, ARENAS);
    mallopt(M_TRIM_THRESHOLD, ARENA_KEEPS);
    TRY(vault_harden(&all_locked));
    if (!all_locked)
        log_event("memory.not-locked", "s", "next",
                  "raise RLIMIT_MEMLOCK so that all memory can be locked; key pages are locked in any case");
    return TSM_OK;
}

enum tsm_err tsmd_serve(const struct config *c)
{
    struct house h = {.c = c};
    sigset_t set;
    int got;
    enum tsm_err e;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP); /* the end of a terminal is an end in order, too */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN); /* who reads the log, and every peer, may go */
    if (!vault_guard())
        log_event("memory.in-dumps", "s", "next", "let the process write /proc/self/coredump_filter");
    if (strcmp(c->laboratory, "yes") != 0)
        TRY(harden());
    e = start(&h);
    if (e == TSM_OK) {
        say_ready(&h);
        sigwait(&set, &got);
        log_event("stopping", "i", "signal", (int64_t)got);
    } else {
        log_error("start.failed", e);
    }
    stop(&h);
    return e;
}
