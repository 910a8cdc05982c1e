/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of campaigns as a table over acts and works. Stations 1 and 3. Role. [capabilities S10, S12, S17]
 */
#include "role/sem/care/campaign/kind.h"

#include <stdlib.h>
#include <string.h>

#include "role/sem/care/act/post.h"
#include "role/sem/content/own/own.h"

/* Numbers are stored: those of acts, and behind this one the works of content. */
enum { CONTENT_KINDS = 1000 };

static bool is_content(int64_t kind)
{
    return kind >= CONTENT_KINDS && kind < CONTENT_KINDS + OWN_CONTENTS;
}

static enum own_content content_of(int64_t kind)
{
    return (enum own_content)(kind - CONTENT_KINDS);
}

const char *campaign_kind_word(int64_t kind)
{
    return is_content(kind) ? own_content_word(content_of(kind)) : act_kind_word(kind);
}

const char *campaign_member_word(int64_t kind)
{
    return is_content(kind) ? "work" : "act";
}

enum tsm_err campaign_kind_read(const char *word, int64_t *kind)
{
    enum own_content content;
    bool audits = !strcmp(word, "audit");
    if (own_content_of(word, &content) == TSM_OK) {
        *kind = CONTENT_KINDS + (int64_t)content;
        return TSM_OK;
    }
    err_clear();
    if (!audits && strcmp(word, "rotate") != 0)
        return FAIL_FIELD(BAD_VALUE, "kind",
                          "a campaign audits, rotates key sets, upgrades, installs or removes");
    *kind = audits ? ACT_AUDIT : ACT_ROTATE;
    return TSM_OK;
}

static enum tsm_err check_act(int64_t kind, const json_t *posted)
{
    static const struct json_row rotation_rows[] = {
        {"kvn", JSON_INT, offsetof(struct posted, kvn), 1, 127, JSON_OPTIONAL, NULL},
        {"same_kvn", JSON_BOOL, offsetof(struct posted, same_kvn), 0, 0, JSON_OPTIONAL, NULL},
        {"domain", JSON_TEXT, offsetof(struct posted, domain), 10, ACT_AID_TEXT, JSON_OPTIONAL, NULL},
        {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
    };
    static const struct json_row no_rows[] = {{NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL}};
    struct posted ask = {.kvn = 0};
    return posted ? json_fill(posted, kind == ACT_ROTATE ? rotation_rows : no_rows, &ask) : TSM_OK;
}

enum tsm_err campaign_ask_take(struct tx *tx, const struct campaign *c, const json_t *posted, json_t **ask)
{
    if (is_content(c->kind))
        return own_content_take(tx, c->owner, content_of(c->kind), posted, ask);
    TRY(check_act(c->kind, posted));
    *ask = posted ? json_deep_copy(posted) : json_object();
    return *ask ? TSM_OK : FAIL(NO_MEMORY, "no memory for a campaign");
}

static enum tsm_err begin_content(struct sem *sem, struct tx *tx, const struct campaign *c,
                                  const struct element *el, int64_t *work)
{
    struct own_begin b = {.el = el, .kind = content_of(c->kind), .campaign = c->id, .ask = c->ask};
    json_t *answer;
    TRY(own_content_begin(sem, tx, &b, &answer));
    *work = strtoll(json_member(answer, "work"), NULL, 10);
    json_decref(answer);
    return TSM_OK;
}

enum tsm_err campaign_begin_one(struct sem *sem, struct tx *tx, const struct campaign *c,
                                const struct element *el, int64_t *work)
{
    struct act_new n = {.el = el, .kind = (enum act_kind)c->kind, .campaign = c->id, .ask = c->ask};
    if (el->state == SE_TERMINATED)
        return FAIL(WRONG_STATE, "the secure element is terminated");
    return is_content(c->kind) ? begin_content(sem, tx, c, el, work) : act_add(sem, tx, &n, work);
}
