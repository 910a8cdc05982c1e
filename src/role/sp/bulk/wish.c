/* SPDX-License-Identifier: Apache-2.0 */
/* A campaign as it is asked for: members by tables, then what they may mean together. Station 1. Pure but for
 * allocation. [capability P8] */
#include "role/sp/bulk/wish.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

enum {
    RATE_MAX = 10000,
    JUDGED_FROM_MAX = CAMPAIGN_MEMBERS_MAX,
    CLOCK_TEXT = 5,
    ZONE_TEXT = 6,
    STATE_TEXT = 16,
    ZONE_MAX_S = 14 * 3600, /* the easternmost and westernmost clocks */
};

/* As it stands in the document. */
struct posted {
    int operation;
    char service[SERVICE_MAX + 1], version[VERSION_MAX + 1];
    json_t *select, *window, *canary;
    int64_t rate, at_once, stop, judged_from, deadline_s, validity_s;
};
struct selection {
    char version[VERSION_MAX + 1], state[STATE_TEXT + 1], profile[PROFILE_NAME_MAX + 1];
    json_t *instances;
};
struct window {
    char from[CLOCK_TEXT + 1], to[CLOCK_TEXT + 1], zone[ZONE_TEXT + 1];
};
struct canary {
    int64_t count;
    int then;
};

static const char *const bulk_operations[] = {"update", "suspend", "resume", "terminate", NULL};
static const enum operation operations[] = {OP_UPDATE, OP_SUSPEND, OP_RESUME, OP_TERMINATE};
static const char *const then_words[] = {"go-on", "wait", NULL};

#define AT(member) offsetof(struct posted, member)
#define END                                           \
    {                                                 \
        NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL \
    }
static const struct json_row posted_rows[] = {
    {"operation", JSON_ENUM, AT(operation), 0, 0, JSON_NEEDED, bulk_operations},
    {"service", JSON_TEXT, AT(service), 1, SERVICE_MAX, JSON_NEEDED, NULL},
    {"version", JSON_TEXT, AT(version), 1, VERSION_MAX, JSON_OPTIONAL, NULL},
    {"select", JSON_VALUE, AT(select), 0, 0, JSON_OPTIONAL, NULL},
    {"rate_per_s", JSON_INT, AT(rate), 1, RATE_MAX, JSON_OPTIONAL, NULL},
    {"at_once", JSON_INT, AT(at_once), 1, BULK_AT_ONCE_MAX, JSON_OPTIONAL, NULL},
    {"window", JSON_VALUE, AT(window), 0, 0, JSON_OPTIONAL, NULL},
    {"canary", JSON_VALUE, AT(canary), 0, 0, JSON_OPTIONAL, NULL},
    {"stop_at_failure_percent", JSON_INT, AT(stop), 0, 100, JSON_OPTIONAL, NULL},
    {"judged_from", JSON_INT, AT(judged_from), 1, JUDGED_FROM_MAX, JSON_OPTIONAL, NULL},
    {"deadline_s", JSON_INT, AT(deadline_s), 1, BULK_DEADLINE_MAX_S, JSON_OPTIONAL, NULL},
    {"order_deadline_s", JSON_INT, AT(validity_s), 1, ORDER_DEADLINE_MAX_S, JSON_OPTIONAL, NULL},
    END,
};
static const struct json_row selection_rows[] = {
    {"version", JSON_TEXT, offsetof(struct selection, version), 1, VERSION_MAX, JSON_OPTIONAL, NULL},
    {"state", JSON_TEXT, offsetof(struct selection, state), 1, STATE_TEXT, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, offsetof(struct selection, profile), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"instances", JSON_VALUE, offsetof(struct selection, instances), 0, 0, JSON_OPTIONAL, NULL},
    END,
};
static const struct json_row window_rows[] = {
    {"from", JSON_TEXT, offsetof(struct window, from), CLOCK_TEXT, CLOCK_TEXT, JSON_NEEDED, NULL},
    {"to", JSON_TEXT, offsetof(struct window, to), CLOCK_TEXT, CLOCK_TEXT, JSON_NEEDED, NULL},
    {"zone", JSON_TEXT, offsetof(struct window, zone), 1, ZONE_TEXT, JSON_OPTIONAL, NULL},
    END,
};
static const struct json_row canary_rows[] = {
    {"count", JSON_INT, offsetof(struct canary, count), 1, CAMPAIGN_MEMBERS_MAX, JSON_NEEDED, NULL},
    {"then", JSON_ENUM, offsetof(struct canary, then), 0, 0, JSON_OPTIONAL, then_words},
    END,
};

/* "HH:MM" with nothing around it. */
static bool read_hours(const char *text, int64_t *seconds)
{
    static const char form[] = "00:00";
    for (size_t i = 0; i < CLOCK_TEXT; i++)
        if (form[i] == ':' ? text[i] != ':' : text[i] < '0' || text[i] > '9')
            return false;
    *seconds = ((text[0] - '0') * 10 + text[1] - '0') * 3600 + ((text[3] - '0') * 10 + text[4] - '0') * 60;
    return text[CLOCK_TEXT] == 0 && text[3] < '6';
}

enum tsm_err bulk_clock_read(const char *field, const char *text, int64_t *seconds)
{
    return read_hours(text, seconds) && *seconds < DAY_S
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, field, "a window is from HH:MM to HH:MM");
}

enum tsm_err bulk_zone_read(const char *text, int64_t *seconds)
{
    *seconds = 0;
    if (!strcmp(text, "UTC") || !strcmp(text, "Z"))
        return TSM_OK;
    if ((text[0] != '+' && text[0] != '-') || !read_hours(text + 1, seconds) || *seconds > ZONE_MAX_S)
        return FAIL_FIELD(BAD_FORM, "zone", "a zone is UTC or an offset from it like +01:00");
    *seconds = text[0] == '-' ? -*seconds : *seconds;
    return TSM_OK;
}

static enum tsm_err read_window(const json_t *o, struct bulk_wish *w)
{
    struct window window = {.zone = "UTC"};
    struct campaign_rules *r = &w->rules;
    if (!o)
        return TSM_OK;
    TRY(json_fill(o, window_rows, &window));
    TRY(bulk_clock_read("from", window.from, &r->window_from));
    TRY(bulk_clock_read("to", window.to, &r->window_to));
    TRY(bulk_zone_read(window.zone, &w->zone_s));
    if (r->window_from == r->window_to)
        return FAIL_FIELD(BAD_VALUE, "to", "the window is never open: leave it out for all day");
    r->window_from = (r->window_from - w->zone_s + DAY_S) % DAY_S;
    r->window_to = (r->window_to - w->zone_s + DAY_S) % DAY_S;
    return TSM_OK;
}

static enum tsm_err read_canary(const json_t *o, struct bulk_wish *w)
{
    struct canary canary = {.count = 0};
    if (!o)
        return TSM_OK;
    TRY(json_fill(o, canary_rows, &canary));
    w->rules.canary = canary.count;
    w->rules.canary_holds = canary.then == 1;
    return TSM_OK;
}

/* Where no state is named: those that the operation is for. */
static void states_of(struct bulk_wish *w)
{
    static const int64_t usual[OPERATIONS][2] = {
        [OP_UPDATE] = {INSTANCE_OPERATIONAL, INSTANCE_IN_ERROR},
        [OP_SUSPEND] = {INSTANCE_OPERATIONAL, INSTANCE_OPERATIONAL},
        [OP_RESUME] = {INSTANCE_SUSPENDED, INSTANCE_SUSPENDED},
    };
    memcpy(w->states, usual[w->operation], sizeof w->states);
}

static enum tsm_err read_state(const char *word, struct bulk_wish *w)
{
    for (int64_t s = INSTANCE_NOT_DEPLOYED; s <= INSTANCE_IN_ERROR; s++)
        if (!strcmp(instance_state_word(s), word)) {
            w->states[0] = w->states[1] = s;
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "state", "%.20s is no state of a service instance", word);
}

static enum tsm_err read_list(const json_t *list)
{
    const json_t *id;
    size_t i;
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > CAMPAIGN_MEMBERS_MAX)
        return FAIL_FIELD(BAD_VALUE, "instances", "instances is a list of 1 to %d ids", CAMPAIGN_MEMBERS_MAX);
    json_array_foreach(list, i, id)
    {
        const char *text = json_string_value(id);
        if (!text || !text_is_digits(text, 1, 19))
            return FAIL_FIELD(BAD_FORM, "instances", "entry %zu of the list is no id of an instance", i);
    }
    return TSM_OK;
}

static enum tsm_err read_selection(const json_t *o, struct bulk_wish *w)
{
    struct selection s = {.instances = NULL};
    states_of(w);
    w->choice = o ? json_copy((json_t *)(uintptr_t)o) : json_object();
    NEED(w->choice != NULL, NO_MEMORY);
    if (o)
        TRY(json_fill(o, selection_rows, &s));
    if (s.instances) {
        if (json_object_size(o) != 1)
            return FAIL_FIELD(BAD_VALUE, "instances", "a list of instances stands alone in a selection");
        TRY(read_list(s.instances));
        w->instances = json_incref(s.instances);
        return json_object_set_new(w->choice, "instances",
                                   json_integer((json_int_t)json_array_size(s.instances))) == 0
                   ? TSM_OK
                   : FAIL(NO_MEMORY, "no memory for a selection");
    }
    snprintf(w->from_version, sizeof w->from_version, "%s", s.version);
    snprintf(w->profile, sizeof w->profile, "%s", s.profile);
    return s.state[0] ? read_state(s.state, w) : TSM_OK;
}

static enum tsm_err read_document(const json_t *document, struct bulk_wish *w)
{
    struct posted p = {.at_once = BULK_AT_ONCE, .stop = BULK_STOP_PERCENT};
    TRY(json_fill(document, posted_rows, &p));
    w->operation = operations[p.operation];
    if (w->operation != OP_UPDATE && p.version[0])
        return FAIL_FIELD(BAD_VALUE, "version", "only an update has a version");
    snprintf(w->service, sizeof w->service, "%s", p.service);
    snprintf(w->version, sizeof w->version, "%s", p.version);
    w->rules = (struct campaign_rules){.per_minute = p.rate * 60,
                                       .at_once = p.at_once,
                                       .stop_percent = p.stop,
                                       .judged_from = p.judged_from};
    w->deadline_s = p.deadline_s;
    w->validity_s = p.validity_s;
    TRY(read_window(p.window, w));
    TRY(read_canary(p.canary, w));
    return read_selection(p.select, w);
}

enum tsm_err bulk_wish_read(struct bytes body, struct bulk_wish *out)
{
    json_t *document;
    enum tsm_err e;
    *out = (struct bulk_wish){.operation = OP_UPDATE};
    TRY(json_read_long(body, BULK_BODY_MAX, &document));
    e = read_document(document, out);
    json_decref(document);
    return e;
}

void bulk_wish_drop(struct bulk_wish *w)
{
    json_decref(w->instances);
    json_decref(w->choice);
}
