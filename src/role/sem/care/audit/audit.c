/* SPDX-License-Identifier: Apache-2.0 */
/* The act that reads an element's own registry and says where it differs from ours. Stations 5, 10 and 11.
 * Role. [capability S10] */
#include "role/sem/care/audit/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "gp/apdu/apdu.h"
#include "gp/content/card_data.h"
#include "role/sem/care/act/turn.h"

enum {
    READING_MAX = 8192,    /* octets of one joined answer */
    AGAIN_MAX = 16,        /* listings that an act begins anew because a page was lost */
    SW_DATA_LOST = 0x62F1, /* a compact answer was cut, the rest is lost [TS 102 226 5.1.2] */
};

/* Where the answers of a step are kept, by its position in the plan. */
static const struct {
    const char *name;
    int listing; /* -1: not a listing */
} readings[] = {
    [READ_DOMAIN] = {"domain", LIST_DOMAIN},
    [READ_APPLICATIONS] = {"applications", LIST_APPLICATIONS},
    [READ_MORE_APPLICATIONS] = {"applications", LIST_APPLICATIONS},
    [READ_FILES] = {"files", LIST_FILES},
    [READ_MORE_FILES] = {"files", LIST_FILES},
    [READ_KEYS] = {"keys", -1},
    [READ_RESOURCES] = {"resources", -1},
};
static const char *const more_names[CARE_LISTINGS] = {"more_domain", "more_applications", "more_files"};

static bool is_more(size_t step)
{
    return step == READ_MORE_APPLICATIONS || step == READ_MORE_FILES;
}

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    for (int i = 0; i < CARE_LISTINGS; i++)
        t->care.more[i] = (uint8_t)json_integer_value(json_object_get(t->memory, more_names[i]));
    t->care.files_bare = json_is_true(json_object_get(t->memory, "files_bare"));
    return keys_now(tx, &t->el, t->el.id, &t->now);
}

static enum tsm_err choose(struct care_turn *t)
{
    t->talk.plan = &plan_audit;
    t->talk.key[IN_ISSUER] = held_talk_key(&t->now);
    return TSM_OK;
}

/* A reading that is not whole says nothing of what is missing in it: the act fails. */
static void not_whole(struct care_turn *t, const char *why)
{
    json_object_set_new(t->memory, "not_whole", json_string(why));
}

/* The data are joined as they come: a card may cut an entry in two. */
static void join(struct care_turn *t, size_t at, struct bytes data)
{
    const char *before = is_more(at) ? json_member(t->memory, readings[at].name) : "";
    size_t len = strlen(before), room = len + 2 * data.len + 1;
    char *text = room <= 2 * READING_MAX ? malloc(room) : NULL;
    if (!text) {
        not_whole(t, "it is longer than is read");
        return;
    }
    memcpy(text, before, len + 1);
    hex_text(data, text + len);
    json_object_set_new(t->memory, readings[at].name, json_string(text));
    free(text);
}

/* A card that always says "more" comes to an end, too. */
static void page_heard(struct care_turn *t, size_t at, const struct step_answer *answer)
{
    int listing = readings[at].listing;
    json_int_t page = is_more(at) ? json_integer_value(json_object_get(t->memory, "page")) + 1 : 1;
    t->care.more[listing] = (uint8_t)care_more_after(&t->el.profile, answer->sw, answer->data.len);
    if (t->care.more[listing] == MORE_SAID && answer->data.len == 0)
        not_whole(t, "it says that there is more (6310), and does not give what there is");
    if (page >= CARE_PAGES_MAX && t->care.more[listing])
        not_whole(t, "it does not end");
    if (json_object_get(t->memory, "not_whole"))
        t->care.more[listing] = MORE_NONE;
    json_object_set_new(t->memory, "page", json_integer(page));
    json_object_set_new(t->memory, more_names[listing], json_integer(t->care.more[listing]));
}

static void heard(struct care_turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer)
{
    size_t at = (size_t)(step - plan_audit.steps);
    (void)command;
    if (at == READ_FILES && care_wants_bare(&t->care, answer->sw)) { /* says nothing of what is there */
        t->care.files_bare = true;
        json_object_set_new(t->memory, "files_bare", json_true());
        return;
    }
    join(t, at, answer->data);
    if (answer->sw == SW_DATA_LOST)
        not_whole(t, "the card has more data than it could send (62F1)");
    if (answer->sw == SW_NOT_FOUND && !talk_by_packets(&t->talk))
        json_object_set_new(t->memory, "unproved", json_true()); /* without R-MAC: anybody's word */
    if (readings[at].listing >= 0)
        page_heard(t, at, answer);
}

/* A page that was lost cannot be had again but from the beginning of its listing. The answers in between are
 * fine, so that nobody else counts how often. */
static void listing_again(struct care_turn *t, size_t at)
{
    json_int_t again = json_integer_value(json_object_get(t->memory, "again")) + 1;
    int listing = readings[at].listing;
    json_object_set_new(t->memory, "again", json_integer(again));
    if (again <= AGAIN_MAX) {
        t->state.step = (uint8_t)(at - 1);
        return;
    }
    not_whole(t, "answers with the next entries were lost again and again");
    t->care.more[listing] = MORE_NONE;
    json_object_set_new(t->memory, more_names[listing], json_integer(MORE_NONE));
}

/* While there is more, the step is taken again. */
static void stepped(struct care_turn *t)
{
    size_t said = (size_t)(t->talk.said - plan_audit.steps);
    if (said == READ_FILES && t->event == TALK_STEP_DONE && !json_object_get(t->memory, "files"))
        t->state.step = READ_FILES; /* bare now */
    if (!is_more(said))
        return;
    if (t->event == TALK_STEP_DONE && t->care.more[readings[said].listing])
        t->state.step = (uint8_t)said;
    else if (t->event == TALK_GO_ON && t->state.step == said && t->state.losses)
        listing_again(t, said);
}

static enum tsm_err read_hex(const json_t *memory, const char *name, struct writer *store, struct bytes *out)
{
    const char *text = json_member(memory, name);
    size_t n, len = strlen(text) / 2;
    uint8_t *slot;
    TRY(write_slot(store, len, &slot));
    TRY(hex_read(text, slot, len, &n));
    *out = BYTES_OF(slot, n);
    return TSM_OK;
}

static enum tsm_err found_read(const json_t *memory, struct writer *store, struct drift_found *out)
{
    TRY(read_hex(memory, "domain", store, &out->domain));
    TRY(read_hex(memory, "applications", store, &out->applications));
    TRY(read_hex(memory, "files", store, &out->files));
    TRY(read_hex(memory, "keys", store, &out->keys));
    return read_hex(memory, "resources", store, &out->resources);
}

static json_t *result_of(const json_t *memory, const struct drift_found *f, const struct drift_list *list)
{
    json_t *o = drift_json(list), *card = json_pack("{si}", "life_cycle", (int)card_life_read(f->domain));
    struct gp_resources r;
    if (f->resources.len && resources_read(f->resources, &r) == TSM_OK) {
        json_object_set_new(card, "applications", json_integer(r.applications));
        json_object_set_new(card, "free_nonvolatile", json_integer(r.free_nonvolatile));
        json_object_set_new(card, "free_volatile", json_integer(r.free_volatile));
    }
    json_object_set_new(o, "card", card);
    json_object_set_new(o, "proved", json_boolean(!json_is_true(json_object_get(memory, "unproved"))));
    return o;
}

struct comparison {
    uint8_t store[5 * READING_MAX];
    struct expected_rows rows;
    struct drift_list list;
};

static enum tsm_err compare(struct care_turn *t, struct tx *tx, struct comparison *c)
{
    const char *why = json_member(t->memory, "not_whole");
    struct writer store = WRITER(c->store);
    struct drift_expected expected;
    struct drift_found found;
    if (*why)
        return FAIL(CARD_REFUSED, "%s", why);
    TRY(found_read(t->memory, &store, &found));
    TRY(expected_load(tx, &t->el, &c->rows, &expected));
    TRY(drift_compare(&expected, &found, &c->list));
    care_over(t, result_of(t->memory, &found, &c->list));
    return TSM_OK;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    struct comparison *c;
    enum tsm_err e;
    if (failed) {
        care_fail(t);
        return TSM_OK;
    }
    c = calloc(1, sizeof *c);
    NEED(c != NULL, NO_MEMORY);
    e = compare(t, tx, c);
    free(c);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(
        &t->talk.failure, OWNER_SE,
        "look at the answers in the timeline; a card whose listings are long wants the expanded format",
        "the registry of the secure element cannot be read: %s", err_cause()[0] ? err_cause() : err_text(e));
    care_fail(t);
    return TSM_OK;
}

const struct care_kind care_audit = {
    .load = load, .choose = choose, .ended = ended, .heard = heard, .stepped = stepped};
