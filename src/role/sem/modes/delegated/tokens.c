/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE_TOKEN: each command judged by what the provider may and by what is on the card, then signed in a
 * turn of its own; what a token is for is reserved at once. Stations 5 and 6. Role. [GPCS 9.2.3, C.4;
 * capability S6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "gp/delegated/token.h"
#include "order/manage/authority.h"
#include "role/sem/work.h"

enum { LIST_MAX = 128, AID_OCTETS = 16 };

/* AIDs out of the registry. */
struct aids {
    uint8_t octets[LIST_MAX][AID_OCTETS];
    struct bytes aid[LIST_MAX];
    size_t n;
};

static enum tsm_err keep_aid(struct aids *to, struct bytes aid)
{
    size_t len;
    NEED(to->n < LIST_MAX, TOO_LONG);
    TRY(bytes_keep(aid, to->octets[to->n], AID_OCTETS, &len));
    to->aid[to->n] = BYTES_OF(to->octets[to->n], len);
    to->n++;
    return TSM_OK;
}

static enum tsm_err collect(struct rows *r, struct aids *to)
{
    enum tsm_err e;
    while ((e = db_next(r)) == TSM_OK)
        TRY(keep_aid(to, db_blob(r, 0)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err of_domain(struct tx *tx, enum sql_id statement, const struct turn *t, struct aids *to)
{
    ROWS r = {0};
    TRY(db_query(tx, &r, statement, t->el.id, t->domain.id));
    return collect(&r, to);
}

struct registry {
    struct aids content, foreign, domains;
};

/* What stands in the domain, what is others', and where the provider may send content to. */
static enum tsm_err load_registry(struct turn *t, struct tx *tx, struct registry *g)
{
    TRY(of_domain(tx, SQL_EXECUTABLE_OF_DOMAIN, t, &g->content));
    TRY(of_domain(tx, SQL_APPLICATION_OF_DOMAIN, t, &g->content));
    TRY(of_domain(tx, SQL_EXECUTABLE_FOREIGN, t, &g->foreign));
    TRY(of_domain(tx, SQL_APPLICATION_FOREIGN, t, &g->foreign));
    {
        ROWS r = {0};
        TRY(db_query(tx, &r, SQL_DOMAIN_FOREIGN, t->el.id, t->el.owner, t->domain.id));
        TRY(collect(&r, &g->foreign));
    }
    ROWS own = {0};
    TRY(db_query(tx, &own, SQL_DOMAIN_OF_HOLDER, t->el.id, t->el.owner, t->domain.holder));
    return collect(&own, &g->domains);
}

static struct aid_list list_of(const struct aids *a)
{
    return (struct aid_list){a->aid, a->n};
}

/* What the token is for is on the card from now on, as far as the registry goes: the provider may send it at
 * any time. */
static enum tsm_err reserve(struct turn *t, struct tx *tx, const struct gp_token_command *c)
{
    if (c->ins == INS_DELETE)
        return TSM_OK;
    if (c->install.p1 == INSTALL_FOR_LOAD)
        return db_exec(tx, SQL_EXECUTABLE_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id,
                       c->install.load_file, c->install.hash, (int64_t)0);
    if (c->install.p1 & INSTALL_FOR_INSTALL) {
        int64_t executable;
        {
            ROWS r = {0};
            TRY(db_first(tx, &r, SQL_EXECUTABLE_BY_AID, t->el.id, c->install.load_file));
            executable = db_int(&r, 0);
        }
        return db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, executable,
                       c->install.application, (int64_t)APPLICATION_PLANNED);
    }
    return TSM_OK;
}

static bool among(const struct aids *list, struct bytes aid)
{
    for (size_t i = 0; i < list->n; i++)
        if (bytes_equal(list->aid[i], aid))
            return true;
    return false;
}

/* A deletion that there is nothing to do for: the object is not there, or others use it and it stays. */
static enum tsm_err is_needless(struct turn *t, struct tx *tx, const struct gp_token_command *c,
                                const struct registry *g, bool *needless)
{
    ROWS r = {0};
    enum tsm_err e;
    *needless = false;
    if (c->ins != INS_DELETE)
        return TSM_OK;
    *needless = !among(&g->content, c->deletion.aid) && !among(&g->foreign, c->deletion.aid);
    e = db_first(tx, &r, SQL_EXECUTABLE_WITH_DOMAIN, t->el.id, c->deletion.aid);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    ROWS used = {0};
    e = db_first(tx, &used, SQL_EXECUTABLE_USED, db_int(&r, 0), t->domain.id);
    *needless = *needless || e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A load file is judged by the owner before its token: the one of this call in the job's first turn, another
 * must have been judged before. */
static enum tsm_err need_admitted(struct turn *t, struct tx *tx, const struct gp_token_command *c)
{
    if (c->ins == INS_DELETE || c->install.p1 != INSTALL_FOR_LOAD)
        return TSM_OK;
    if (t->facts.load_file.len && bytes_equal(t->facts.load_hash, c->install.hash))
        return TSM_OK;
    return gate_admitted(tx, t->el.owner, t->domain.holder, c->install.hash);
}

static enum tsm_err judge_command(struct turn *t, struct tx *tx, struct bytes capdu, bool *needless)
{
    struct gp_token_command c;
    struct registry *g = calloc(1, sizeof *g);
    struct token_terms terms = {.domain = BYTES_OF(t->domain.aid, t->domain.aid_len),
                                .privileges = APPLICATION_PRIVILEGES,
                                .may = (unsigned)t->domain.delegates};
    enum tsm_err e = g ? gp_token_command_read(capdu, &c) : FAIL(NO_MEMORY, "no memory for the registry");
    if (e == TSM_OK)
        e = load_registry(t, tx, g);
    if (e == TSM_OK)
        e = is_needless(t, tx, &c, g, needless);
    if (e == TSM_OK && !*needless) {
        terms.domains = list_of(&g->domains);
        terms.content = list_of(&g->content);
        terms.foreign = list_of(&g->foreign);
        e = token_judge(&terms, capdu);
    }
    free(g);
    TRY(e);
    if (*needless)
        return TSM_OK;
    TRY(need_admitted(t, tx, &c));
    return reserve(t, tx, &c);
}

/* One command: judged, reserved, written down; its token's number goes into the body of the job, 0 for none.
 */
static enum tsm_err take_command(struct turn *t, struct tx *tx, const json_t *text, json_t *numbers)
{
    uint8_t room[TOKEN_COMMAND_MAX];
    bool needless = false;
    size_t n;
    int64_t id = store_id(tx_store(tx));
    if (!json_is_string(text) || hex_read(json_string_value(text), room, sizeof room, &n) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, "commands", "a command is no hex of at most %d octets",
                          TOKEN_COMMAND_MAX);
    TRY(judge_command(t, tx, BYTES_OF(room, n), &needless));
    json_array_append_new(numbers, json_integer(needless ? 0 : id));
    return needless ? TSM_OK
                    : db_exec(tx, SQL_DM_TOKEN_ADD, id, t->el.id, t->el.owner, t->domain.id, t->domain.holder,
                              t->trace, BYTES_OF(room, n), (int64_t)TOKEN_GIVEN, tx_now(tx));
}

enum tsm_err tokens_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    const json_t *commands = json_object_get(t->body, "commands"), *text;
    json_t *numbers;
    size_t i;
    (void)nothing;
    TRY(domain_of_provider(t, tx, provider));
    if (t->domain.mode != MODE_DELEGATED)
        return FAIL(NOT_ALLOWED, "the domain's content is not delegated: its commands have no tokens");
    TRY(delegation_load(tx, t->el.id, &t->delegation));
    if (!t->delegation.ready)
        return FAIL(WRONG_STATE, "the secure element is not prepared for delegated management");
    if (json_array_size(commands) == 0 || json_array_size(commands) > TOKENS_MAX)
        return FAIL_FIELD(BAD_LENGTH, "commands", "1 to %d commands are signed at once", TOKENS_MAX);
    numbers = json_array();
    json_object_set_new(t->ask, "numbers", numbers);
    json_array_foreach(commands, i, text) TRY(take_command(t, tx, text, numbers));
    return TSM_OK;
}

static enum tsm_err sign_one(struct turn *t, const json_t *command, int64_t number, json_t *list)
{
    uint8_t room[TOKEN_COMMAND_MAX], token[GP_TOKEN_MAX];
    struct writer w = WRITER(token);
    char text[2 * GP_TOKEN_MAX + 1];
    size_t n;
    if (number == 0) {
        json_array_append_new(list, json_pack("{sb}", "needless", 1));
        return TSM_OK;
    }
    TRY(hex_read(json_string_value(command), room, sizeof room, &n));
    TRY(vault_make_token(t->talk.vault, signing_named(VAULT_KEY_DM_TOKEN), BYTES_OF(room, n), &w));
    json_array_append_new(list, json_pack("{so ss}", "id", json_sprintf("%lld", (long long)number), "token",
                                          hex_text(written(&w), text)));
    return TSM_OK;
}

enum tsm_err tokens_sign(struct turn *t, struct job *job)
{
    const json_t *commands = json_object_get(t->body, "commands"),
                 *numbers = json_object_get(t->body, "numbers"), *command;
    json_t *list = json_array();
    size_t i;
    (void)job;
    NEED(list != NULL, NO_MEMORY);
    t->result = list; /* dropped with the turn */
    json_array_foreach(commands, i, command)
        TRY(sign_one(t, command, json_integer_value(json_array_get(numbers, i)), list));
    return TSM_OK;
}

enum tsm_err tokens_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    char dap[2 * DAP_BLOCK_ROOM + 1];
    const json_t *one;
    size_t i;
    json_array_foreach(t->result, i, one)
    {
        char text[80];
        struct note n = {.party = job->party,
                         .trace = BYTES(job->trace),
                         .station = 6,
                         .role = "sem",
                         .step = "TOKEN",
                         .text = text};
        if (json_is_true(json_object_get(one, "needless")))
            continue;
        snprintf(text, sizeof text, "token %s is signed", json_member(one, "id"));
        TRY(note_add(tx, &n));
    }
    *reply = json_pack("{sO}", "tokens", t->result);
    if (t->made.own_len) /* what the provider loads must bear the authority's signature, too */
        json_object_set_new(*reply, "dap",
                            json_string(hex_text(BYTES_OF(t->made.own, t->made.own_len), dap)));
    return TSM_OK;
}
