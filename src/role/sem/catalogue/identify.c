/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act that asks a live element what it is and finds its profile in the catalogue; an element that no
 * profile knows gets one proposed. Read in plain where an agent carries it, so that an element whose keys
 * nobody has is identified, too. Stations 4, 5 and 11. Role. [capability S2]
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "order/card/identify.h"
#include "order/card/match.h"
#include "role/sem/care/act/post.h"
#include "role/sem/care/act/turn.h"
#include "role/sem/catalogue/catalogue.h"
#include "role/sem/inventory/row.h"

enum { CATALOGUE_MAX = 512, ANSWER_MAX = 512 };

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    if (t->el.profile.bearer == BEARER_SERAM)
        return TSM_OK;
    return keys_now(tx, &t->el, t->el.id, &t->now);
}

static enum tsm_err plain_payload(json_t **out)
{
    uint8_t room[IDENTIFY_COMMANDS * 16];
    char hex[2 * 16 + 1];
    struct script *s = calloc(1, sizeof *s);
    json_t *list = json_array();
    enum tsm_err e = s && list ? TSM_OK : FAIL(NO_MEMORY, "no memory for the questions to a card");
    if (e == TSM_OK) {
        s->store = WRITER(room);
        e = identify_commands(s);
    }
    for (size_t i = 0; e == TSM_OK && i < s->n; i++)
        json_array_append_new(list, json_string(hex_text(s->command[i], hex)));
    free(s);
    *out = list;
    return e;
}

static enum tsm_err choose(struct care_turn *t)
{
    if (t->el.profile.bearer != BEARER_SERAM) {
        t->talk.plan = &plan_identify;
        t->talk.key[IN_ISSUER] = held_talk_key(&t->now);
        return TSM_OK;
    }
    t->raw = true;
    return t->payload ? TSM_OK : plain_payload(&t->payload);
}

/* Answers in packets come step by step: they are kept between turns, by their tag. */
static void heard(struct care_turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer)
{
    char hex[2 * ANSWER_MAX + 1];
    (void)command;
    if (answer->data.len && answer->data.len <= ANSWER_MAX && answer->sw != SW_NOT_FOUND)
        json_object_set_new(t->memory, step->name, json_string(hex_text(answer->data, hex)));
}

/* The answers, wherever they came from, as spans into `room`. */
struct sight_room {
    uint8_t bytes[IDENTIFY_COMMANDS * (ANSWER_MAX + 2)];
    struct writer w;
    struct card_answers answers;
};

static bool keep(struct sight_room *r, const char *hex, size_t trailer, struct bytes *out)
{
    uint8_t raw[ANSWER_MAX + 2];
    size_t n, from = r->w.len;
    if (!hex || hex_read(hex, raw, sizeof raw, &n) != TSM_OK || n < trailer)
        return false;
    if (trailer && (raw[n - 2] != 0x90 || raw[n - 1] != 0x00))
        return false;
    if (write_span(&r->w, BYTES_OF(raw, n - trailer)) != TSM_OK)
        return false;
    *out = written_since(&r->w, from);
    return true;
}

static void gather(const struct care_turn *t, struct sight_room *r)
{
    struct bytes data;
    r->w = WRITER(r->bytes);
    for (size_t i = 0; t->raw && i < json_array_size(t->answers); i++)
        if (keep(r, json_string_value(json_array_get(t->answers, i)), 2, &data))
            identify_put(&r->answers, i, data);
    for (size_t i = 0; !t->raw && i < plan_identify.n; i++)
        if (keep(r, json_string_value(json_object_get(t->memory, plan_identify.steps[i].name)), 0, &data))
            identify_put_data(&r->answers, plan_identify.steps[i].arg, data);
    err_clear();
}

/* The profiles that the owner may use, by one array, for order/card/match.h. */
struct catalogue {
    struct se_profile *at; /* owned */
    int64_t id[CATALOGUE_MAX];
    size_t n;
};

static enum tsm_err catalogue_load(struct tx *tx, int64_t owner, struct catalogue *c)
{
    ROWS r = {0};
    enum tsm_err e;
    c->at = calloc(CATALOGUE_MAX, sizeof *c->at);
    NEED(c->at != NULL, NO_MEMORY);
    e = db_query(tx, &r, SQL_PROFILE_CATALOGUE, owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && c->n < CATALOGUE_MAX) {
        json_t *body;
        enum tsm_err read = db_int(&r, 4) ? TSM_BAD_FORM : json_read(bytes_of_text(db_text(&r, 2)), &body);
        if (read == TSM_NO_MEMORY)
            return read;
        if (read != TSM_OK)
            continue;
        if (profile_read(body, &c->at[c->n]) == TSM_OK)
            c->id[c->n++] = db_int(&r, 0);
        json_decref(body);
    }
    err_clear();
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static json_t *seen_json(const struct card_sight *s)
{
    char hex[2 * ANSWER_MAX + 1];
    json_t *protocols = json_array(), *sets = json_array(), *faults = json_array();
    json_t *o = json_pack("{ss}", "isd_aid", hex_text(s->isd_aid, hex));
    json_object_set_new(o, "cplc", json_string(hex_text(s->cplc_value, hex)));
    for (size_t i = 0; i < s->card.protocols; i++)
        json_array_append_new(protocols, json_pack("{si si}", "protocol", s->card.protocol[i].protocol, "i",
                                                   s->card.protocol[i].i));
    for (size_t i = 0; i < s->sets; i++)
        json_array_append_new(sets, json_pack("{si si si}", "kvn", s->set[i].kvn, "type", s->set[i].type,
                                              "keys", s->set[i].keys));
    for (size_t i = 0; i < s->faults; i++)
        json_array_append_new(faults, json_string(s->fault[i]));
    json_object_set_new(o, "protocols", protocols);
    json_object_set_new(o, "keysets", sets);
    json_object_set_new(o, "faults", faults);
    if (s->has_resources)
        json_object_set_new(o, "free_memory", json_integer((json_int_t)s->resources.free_nonvolatile));
    return o;
}

/* The profile and the CPLC become the element's, where it had none. */
static enum tsm_err settle(struct care_turn *t, struct tx *tx, const struct card_sight *s, int64_t profile,
                           bool *assigned)
{
    struct standing now;
    struct se_names more = {.cplc = ""};
    bool named = false, wanted = json_is_true(json_object_get(t->act.ask, "assign"));
    int64_t other = 0;
    TRY(standing_load(tx, t->el.id, &now));
    if (s->cplc_value.len == CPLC_LEN)
        hex_text(s->cplc_value, more.cplc);
    if (more.cplc[0] && names_find(tx, t->el.owner, &more, &other) == TSM_OK && other == 0)
        (void)names_merge(&now.names, &more, &named);
    err_clear();
    *assigned =
        profile && profile != now.profile && (wanted || !strcmp(now.profile_name, PROFILE_UNIDENTIFIED));
    if (*assigned)
        now.profile = profile;
    return *assigned || named ? standing_store(tx, &now) : TSM_OK;
}

static enum tsm_err conclude(struct care_turn *t, struct tx *tx, const struct sight_room *r)
{
    static const char *const words[] = {
        [MATCH_NONE] = "unknown", [MATCH_ONE] = "known", [MATCH_SEVERAL] = "ambiguous"};
    struct catalogue c = {.n = 0};
    struct profile_match m = {.kind = MATCH_NONE};
    struct card_sight s;
    bool assigned = false;
    json_t *o = NULL;
    enum tsm_err e;
    card_sight_read(&r->answers, &s);
    e = catalogue_load(tx, t->el.owner, &c);
    if (e == TSM_OK) {
        profile_match(c.at, c.n, &s, &m);
        e = settle(t, tx, &s, m.kind == MATCH_ONE ? c.id[m.index] : 0, &assigned);
    }
    if (e == TSM_OK) {
        o = json_pack("{ss ss sb so}", "match", words[m.kind], "registered", t->el.profile.name, "assigned",
                      assigned, "seen", seen_json(&s));
        if (m.kind != MATCH_NONE)
            json_object_set_new(o, "profile", json_string(c.at[m.index].name));
        else
            json_object_set_new(o, "proposed", profile_propose(&s));
        e = care_leaf(tx, &t->act, "inventory.identified");
    }
    free(c.at);
    if (e != TSM_OK) {
        json_decref(o);
        return e;
    }
    care_over(t, o);
    return TSM_OK;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    struct sight_room *r;
    enum tsm_err e;
    if (failed) {
        care_fail(t);
        return TSM_OK;
    }
    r = calloc(1, sizeof *r);
    NEED(r != NULL, NO_MEMORY);
    gather(t, r);
    e = conclude(t, tx, r);
    free(r);
    return e;
}

const struct care_kind care_identify = {.load = load, .choose = choose, .ended = ended, .heard = heard};

enum tsm_err sem_post_identify(void *app, struct http_request *q, struct http_reply *reply)
{
    struct act_post p = {.sem = app, .kind = ACT_IDENTIFY};
    return care_post(&p, q, reply);
}
