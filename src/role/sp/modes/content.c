/* SPDX-License-Identifier: Apache-2.0 */
/* What the provider manages itself: its load file, DAP block and tokens as facts of a plan, and its place in
 * an environment that the owner keeps for all. Stations 5 and 6. Role. [GPCS 9.2.1, C.2, C.3] */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/manage/mode.h"
#include "role/sp/content/part.h"
#include "role/sp/content/words.h"
#include "role/sp/modes/confidential.h"
#include "role/sp/modes/managed.h"
#include "vault/operation/delegated.h"

enum { DAP_BLOCK_MAX = 512, TOKEN_OCTETS = 512 };

enum tsm_err managed_flavor(struct turn *t)
{
    const char *mode = json_member(t->flavor, "mode"), *way = json_member(t->flavor, "hand_over");
    enum domain_mode known = MODE_SIMPLE;
    enum hand_over hand = HAND_OVER_RANDOM;
    if (t->instance.domain)
        return TSM_OK; /* its row says it */
    if (*mode)
        TRY(mode_read(mode, &known));
    if (*way)
        TRY(hand_over_read(way, &hand));
    t->mode = (int64_t)known;
    t->hand_over = (int64_t)hand;
    t->dap = json_is_true(json_object_get(t->flavor, "dap"));
    return TSM_OK;
}

/* The load file and the applications of the part that the order is at. */
static enum tsm_err part_facts(struct turn *t)
{
    struct plan_facts *f = &t->facts;
    struct part_file file = {.aid = BYTES_NONE};
    struct part part;
    bool last;
    TRY(part_now(t, &part, &last));
    TRY(part_file_load(t, &part, &file));
    f->package_aid = file.aid;
    f->load_hash = file.hash;
    f->load_file = file.content;
    f->package_there = part.again;
    f->n_applications = part.n;
    for (size_t i = 0; i < part.n; i++)
        TRY(application_fact(t, part.application[i], &f->applications[i]));
    return TSM_OK;
}

/* The provider's DAP key is made when the first load file needs it. */
static enum tsm_err make_dap(struct turn *t, struct writer *block)
{
    struct bytes domain = BYTES_OF(t->domain_aid, t->domain_aid_len);
    enum tsm_err e =
        vault_make_dap(t->vault, signing_named(VAULT_KEY_DAP), domain, t->facts.load_hash, block);
    if (e != TSM_KEY_MISSING)
        return e;
    e = vault_make_signing(t->vault, VAULT_KEY_DAP, SIGNING_P256);
    if (e != TSM_OK && e != TSM_UNIQUE)
        return e;
    return vault_make_dap(t->vault, signing_named(VAULT_KEY_DAP), domain, t->facts.load_hash, block);
}

/* A signature is another each time, and a load file goes over in several turns: the block is kept. */
enum tsm_err managed_dap(struct turn *t, const char **hex)
{
    uint8_t room[DAP_BLOCK_MAX];
    char text[2 * DAP_BLOCK_MAX + 1];
    struct writer w = WRITER(room);
    *hex = NULL;
    if (!t->dap)
        return TSM_OK;
    if (!json_object_get(t->progress, "dap")) {
        if (!t->facts.load_hash.len)
            TRY(part_facts(t));
        TRY(make_dap(t, &w));
        json_object_set_new(t->progress, "dap", json_string(hex_text(written(&w), text)));
    }
    *hex = json_member(t->progress, "dap");
    return TSM_OK;
}

/* Blocks that the owner adds for its verification authority stand behind the provider's own. */
static enum tsm_err dap_facts(struct turn *t)
{
    const char *own;
    struct bytes block;
    uint8_t *room = arena_get(&t->job->arena, 2 * (size_t)DAP_BLOCK_MAX);
    struct writer w = {room, 0, 2 * (size_t)DAP_BLOCK_MAX};
    NEED(room != NULL, NO_MEMORY);
    TRY(managed_dap(t, &own));
    if (own) {
        TRY(member_octets(t, t->progress, "dap", &block));
        TRY(write_span(&w, block));
    }
    if (*json_member(t->progress, "owners_dap")) {
        TRY(member_octets(t, t->progress, "owners_dap", &block));
        TRY(write_span(&w, block));
    }
    t->facts.dap_blocks = written(&w);
    return TSM_OK;
}

/* The token of a step; a deletion that needs none is passed over. */
static enum tsm_err token_fact(struct turn *t, const struct plan_step *step)
{
    const json_t *token = json_object_get(json_object_get(t->progress, "tokens"), step->name);
    if (json_is_true(json_object_get(token, "needless"))) {
        if (step->token == TOKEN_FOR_FILE)
            t->facts.package_not_ours = true;
        else
            t->facts.applications[step->arg].not_ours = true;
        return TSM_OK;
    }
    return token ? member_octets(t, token, "token", &t->facts.token[step->token]) : TSM_OK;
}

enum tsm_err managed_facts(struct turn *t)
{
    const struct plan *plan = turn_removes(t) ? &plan_remove_delegated : &plan_load_delegated;
    t->facts.profile = &t->profile;
    t->facts.domain_aid = BYTES_OF(t->domain_aid, t->domain_aid_len);
    t->facts.mode = (enum domain_mode)t->mode;
    t->facts.verifies_dap = t->dap;
    TRY(part_facts(t));
    if (!turn_removes(t))
        TRY(dap_facts(t));
    for (size_t i = 0; i < plan->n && t->mode == MODE_DELEGATED; i++)
        TRY(token_fact(t, &plan->steps[i]));
    return TSM_OK;
}

bool has_no_content(const struct turn *t)
{
    return !has_domain(t) || !t->keys_settled;
}

/* The flavor's application that the owner keeps for all; NULL for none. */
static const json_t *shared_application(const struct turn *t)
{
    const json_t *app;
    size_t i;
    json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
    {
        if (json_is_true(json_object_get(app, "shared")))
            return app;
    }
    return NULL;
}

bool shares_no_directory(const struct turn *t)
{
    return shared_application(t) == NULL;
}

bool leaves_no_directory(const struct turn *t)
{
    return shares_no_directory(t) || !has_domain(t);
}

bool has_nothing_to_delete(const struct turn *t)
{
    const char *step;
    json_t *token;
    if (has_no_content(t))
        return true;
    json_object_foreach(json_object_get(t->progress, "tokens"), step, token)
    {
        if (!json_is_true(json_object_get(token, "needless")))
            return false;
    }
    return true;
}

bool no_own_directory(const struct turn *t)
{
    const json_t *list = json_object_get(t->flavor, "applications"), *app;
    size_t i;
    json_array_foreach(list, i, app)
    {
        if (is_directory(app))
            return json_array_size(list) < 2 || shared_application(t);
    }
    return true;
}

/* The one that card data are for: a directory lists it. */
static const json_t *listed_application(const struct turn *t)
{
    const json_t *app;
    size_t i;
    json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
    {
        if (!is_directory(app))
            return app;
    }
    return NULL;
}

static enum tsm_err listing(struct turn *t, json_t **question)
{
    const json_t *app = shared_application(t), *first;
    first = listed_application(t);
    *question = json_pack("{ss s{ss ss} s{ss} ss}", "domain", json_member(t->flavor, "domain"), "directory",
                          "module", json_member(app, "module"), "instance", json_member(app, "instance"),
                          "load_file", "package", json_member(t->flavor, "load_file"), "application",
                          json_member(first, "instance"));
    NEED(*question != NULL, NO_MEMORY);
    return TSM_OK;
}

enum tsm_err ask_listing(struct turn *t, json_t **question)
{
    char *text;
    TRY(ppse_make(t, NULL));
    TRY(listing(t, question));
    text = malloc(2 * t->facts.ppse.len + 1);
    NEED(text != NULL, NO_MEMORY);
    json_object_set_new(*question, "entry", json_string(hex_text(t->facts.ppse, text)));
    free(text);
    return TSM_OK;
}

enum tsm_err ask_leaving(struct turn *t, json_t **question)
{
    return listing(t, question);
}
