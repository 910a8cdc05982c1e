/* SPDX-License-Identifier: Apache-2.0 */
/* A talk on a bench. Test code. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "ota/sms/segment.h"

enum { EXCHANGES_MAX = 40 };

static struct store *store;
static uint64_t next_keyset = 1000;

int bench_setup(void **state)
{
    static struct clock still;
    char url[600];
    still = clock_virtual(SECONDS(1800000000));
    if (rig_setup(state) != 0)
        return -1;
    snprintf(url, sizeof url, "sqlite:%s/../counters.db", rig_tokens());
    return store_open(&(struct store_config){.url = url, .readers = 1, .clock = &still, .node = 1}, &store) ==
                   TSM_OK
               ? 0
               : -1;
}

int bench_teardown(void **state)
{
    store_close(store);
    return rig_teardown(state);
}

static const char *const hex_keys[] = {card_key, card_key, card_key};

void bench_open(struct bench *b, json_t *profile, const struct plan *plan)
{
    struct vault_party *vault = rig_party("talker");
    const struct se_profile *p = &b->rig.profile;
    memset(b, 0, sizeof *b);
    rig_make(&b->rig, profile);
    b->plan = plan;
    card_make(&b->card);
    talk_begin(&b->state);
    for (int place = 0; place < PLAN_DOMAINS; place++) {
        int64_t kvn = place == IN_ISSUER           ? p->isd_kvn
                      : place == IN_PROVIDER_FIRST ? p->first_kvn
                                                   : p->own_kvn;
        struct keyset_form form = {(uint8_t)p->protocol, (uint8_t)kvn, CIPHER_AES, 16};
        uint64_t id = next_keyset++;
        b->key[place] = (struct talk_key){
            .sealed = rig_keyset(vault, id, form, hex_keys), .id = (int64_t)id, .kvn = (uint8_t)kvn};
    }
}

void bench_close(struct bench *b)
{
    json_decref(b->payload);
    card_free(&b->card);
}

/* A talk on another node: from the stored octets of the state alone. */
static struct talk talk_anew(struct bench *b, struct talk_state *state)
{
    struct talk t = {.plan = b->plan, .facts = &b->rig.facts, .vault = rig_party("talker"), .state = state};
    uint8_t room[TALK_STATE_MAX];
    struct writer stored = WRITER(room);
    assert_ok(talk_state_write(&b->state, &stored));
    assert_ok(talk_state_read(written(&stored), state));
    memcpy(t.key, b->key, sizeof t.key);
    b->rig.facts.data_max = talk_data_max(&b->rig.profile);
    return t;
}

struct making {
    struct talk *talk;
    json_t *payload;
};

static enum tsm_err make(struct tx *tx, void *arg)
{
    struct making *m = arg;
    return talk_next(m->talk, tx, &m->payload);
}

enum tsm_err bench_next(struct bench *b)
{
    struct talk_state state;
    struct talk t = talk_anew(b, &state);
    struct making m = {.talk = &t};
    TRY(store_write(store, make, &m));
    json_decref(b->payload);
    b->payload = m.payload;
    b->state = state;
    b->exchanges++;
    return TSM_OK;
}

json_t *bench_answer(struct bytes body)
{
    char *text = malloc(2 * body.len + 1);
    json_t *o = json_pack("{s[s]}", "answers", hex_text(body, text));
    free(text);
    assert_non_null(o);
    return o;
}

static struct octets payload_at(const struct bench *b, size_t i)
{
    const char *text = json_string_value(json_array_get(b->payload, i));
    assert_non_null(text);
    return octets_of(text);
}

static json_t *over_channel(struct bench *b)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(b->payload); i++) {
        struct octets command = payload_at(b, i), answer;
        char text[2 * OCTETS_MAX + 1];
        if (b->card.executes_only && i >= b->card.executes_only)
            break; /* the agent dropped the rest */
        answer = card_channel(&b->card, octets_bytes(&command));
        json_array_append_new(list, json_string(hex_text(octets_bytes(&answer), text)));
    }
    return json_pack("{so}", "answers", list);
}

json_t *bench_carry(struct bench *b, enum carrying how)
{
    bool packets = b->rig.profile.protocol == 0x80;
    json_t *reply = NULL;
    if (how != NEVER_SENT && packets) {
        struct octets packet = payload_at(b, 0), proof;
        b->messages += sms_segments(packet.len, (enum concat_order)b->rig.profile.concat);
        proof = card_packet(&b->card, octets_bytes(&packet));
        reply = bench_answer(octets_bytes(&proof));
    } else if (how != NEVER_SENT) {
        reply = over_channel(b);
    }
    if (how == CARRIED)
        return reply;
    json_decref(reply);
    return json_pack("{sb ss}", "lost", 1, "reason", "no proof of receipt came in time");
}

static void keep_dialogue(struct bench *b, const struct talk *t)
{
    char *text = t->apdus ? json_text(t->apdus) : NULL;
    if (text && strlen(b->shown) + strlen(text) < sizeof b->shown)
        strcat(b->shown, text);
    free(text);
}

enum talk_event bench_read(struct bench *b, json_t *reply)
{
    struct talk_state state;
    struct talk t = talk_anew(b, &state);
    assert_ok(talk_read(&t, reply, &b->event));
    json_decref(reply);
    keep_dialogue(b, &t);
    talk_end(&t);
    b->failure = t.failure;
    b->refused = t.refused;
    b->state = state;
    return b->event;
}

enum talk_event bench_exchange(struct bench *b, enum carrying how)
{
    assert_ok(bench_next(b));
    return bench_read(b, bench_carry(b, how));
}

enum talk_event bench_run(struct bench *b)
{
    for (int i = 0; i < EXCHANGES_MAX; i++)
        if (bench_exchange(b, CARRIED) == TALK_DONE || b->event == TALK_FAILED)
            return b->event;
    fail_msg("no end after %d exchanges", EXCHANGES_MAX);
    return TALK_FAILED;
}

struct jumping {
    int64_t keyset, by;
};

static enum tsm_err jump(struct tx *tx, void *arg)
{
    struct jumping *j = arg;
    TRY(db_exec(tx, SQL_COUNTER_TAKE, j->keyset));
    return db_exec(tx, SQL_COUNTER_JUMP, j->keyset, j->by);
}

void bench_jump(struct bench *b, enum plan_domain place, int64_t by)
{
    assert_ok(store_write(store, jump, &(struct jumping){b->key[place].id, by}));
}

struct talk_estimate bench_estimate(struct bench *b)
{
    struct talk_state state;
    struct talk t = talk_anew(b, &state);
    struct talk_estimate e;
    assert_ok(talk_estimate(&t, &e));
    return e;
}
