/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes back an exchange, and which: what has left stays heard, another's order stays as it is. Test
 * code; station 8. [DESIGN 4, rules 1 and 7] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "engine/element/exchange.h"
#include "engine/element/withdraw.h"
#include "engine/turn/ask.h"

enum { PATH_ROOM = 256, OWNER = 1, BANK, OTHER, PROFILE = 11, SE, NODE = 5, CLAIM = 77 * 1024 + NODE };

#define SE_OF "{\"se\":{\"iccid\":\"8900000000000000017\"}"

static const uint8_t trace[TRACE_LEN] = {1, 2, 3};

struct scene {
    char path[PATH_ROOM], url[PATH_ROOM + 16];
    struct clock clock;
    struct store *store;
    struct partners *partners;
    /* What is asked of the owner next, and what it answered. */
    const char *from, *verb, *key, *body;
    char reply[200];
};

static enum tsm_err add_party(struct tx *tx, int64_t id, const char *name, const char *url)
{
    return db_exec(tx, SQL_PARTY_ADD, id, name, (int64_t)(id == OWNER), (int64_t)(id != OWNER), "", url,
                   tx_now(tx));
}

static enum tsm_err fill(struct tx *tx, void *arg)
{
    (void)arg;
    TRY(add_party(tx, OWNER, "owner", ""));
    TRY(add_party(tx, BANK, "bank", "https://bank.example"));
    TRY(add_party(tx, OTHER, "other", "https://other.example"));
    TRY(db_exec(tx, SQL_PROFILE_ADD, (int64_t)PROFILE, "uicc",
                "{\"name\":\"uicc\",\"bearer\":\"sms\",\"isd_aid\":\"A000000151000000\",\"memory\":65536,"
                "\"protocol\":128,\"isd_kvn\":1,\"first_kvn\":2,\"own_kvn\":3,\"ssd_package\":"
                "\"A0000001515350\",\"ssd_module\":\"A000000151535041\"}"));
    return db_exec(tx, SQL_SE_ADD, (int64_t)SE, (int64_t)OWNER, (int64_t)PROFILE, "8900000000000000017",
                   (const char *)NULL, "491700000001", (int64_t)SE_ACTIVE);
}

/* An owner's work for a provider, which asks for an exchange with the element in its first turn. */
static enum tsm_err accept_work(void *self, struct tx *tx, const struct partner_call *call)
{
    struct scene *s = self;
    struct job job = {.party = call->party, .se = SE};
    struct job_new new = {.kind = JOB_DOMAIN,
                          .state = JOB_SENT,
                          .party = call->party,
                          .se = SE,
                          .ref = call->id,
                          .trace = call->trace,
                          .due = tx_now(tx) + SECONDS(60),
                          .deadline = tx_now(tx) + SECONDS(60)};
    memcpy(job.trace, trace, sizeof job.trace);
    TRY(job_add(tx, &new, &job.id));
    return exchange_ask(tx, &job,
                        &(struct exchange_ask){.partners = s->partners,
                                               .kind = 'd',
                                               .se = json_pack("{ss}", "iccid", "8900000000000000017"),
                                               .payload = json_pack("[s]", "00A4")});
}

static int up(void **state)
{
    static struct scene s;
    const char *tmp = getenv("TMPDIR");
    int fd;
    s = (struct scene){.clock = clock_virtual(SECONDS(1800000000))};
    snprintf(s.path, sizeof s.path, "%s/tsm-withdraw-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(s.path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(s.url, sizeof s.url, "sqlite:%s", s.path);
    *state = &s;
    if (store_open(&(struct store_config){.url = s.url, .clock = &s.clock, .readers = 1}, &s.store) !=
            TSM_OK ||
        partners_new(&(struct partners_config){.store = s.store}, &s.partners) != TSM_OK ||
        partners_add(s.partners, &(struct partner_row){VERB_CREATE_DOMAIN, accept_work, &s}) != TSM_OK)
        return -1;
    return exchange_answer_partners(s.partners) == TSM_OK && store_write(s.store, fill, &s) == TSM_OK ? 0
                                                                                                      : -1;
}

static int down(void **state)
{
    struct scene *s = *state;
    partners_free(s->partners);
    store_close(s->store);
    return unlink(s->path);
}

static enum tsm_err ask_unit(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    int64_t row;
    {
        ROWS r = {0};
        TRY(partner_receive(
            s->partners, tx,
            &(struct partner_wire){s->from, "owner", s->verb, s->key, s->body, BYTES(trace)}));
        TRY(db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)1, (int64_t)OWNER,
                     (int64_t)(strcmp(s->from, "bank") ? OTHER : BANK), s->key));
        row = db_int(&r, 0);
    }
    ROWS letter = {0};
    TRY(db_first(tx, &letter, SQL_PARTNER_LETTER, row));
    snprintf(s->reply, sizeof s->reply, "%s", db_text(&letter, 7));
    return TSM_OK;
}

/* The owner's answer, "" when there is none yet. */
static const char *ask(struct scene *s, const char *from, const char *verb, const char *body)
{
    char key[60];
    if (!strcmp(verb, "withdraw"))
        withdraw_key(BYTES(trace), key);
    else
        snprintf(key, sizeof key, "%s of %s", verb, from);
    s->from = from;
    s->verb = verb;
    s->key = key;
    s->body = body;
    assert_int_equal(store_write(s->store, ask_unit, s), TSM_OK);
    return s->reply;
}

static const char *send_script(struct scene *s, const char *from)
{
    return ask(s, from, "send-script", SE_OF ",\"holder\":\"o1\",\"payload\":[\"00A4\"]}");
}

static bool takes_back(struct scene *s, const char *from)
{
    return !strcmp(ask(s, from, "withdraw", SE_OF "}"), "{\"withdrawn\":true}");
}

/* The engine has it, the message leaves, the server stops and starts. */
static enum tsm_err leave_and_start_anew(struct tx *tx, void *arg)
{
    int64_t id;
    (void)arg;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_JOB_CLAIM, (int64_t)CLAIM, tx_now(tx) + SECONDS(30), tx_now(tx),
                     (int64_t)1));
        id = db_int(&r, 0);
    }
    TRY(db_exec_one(tx, SQL_JOB_UPDATE, id, (int64_t)CLAIM, (int64_t)JOB_SENT, (int64_t)EXCHANGE_UNDER_WAY,
                    (int64_t)0, tx_now(tx) + SECONDS(15), BYTES_NONE, tx_now(tx)));
    return db_exec_one(tx, SQL_EXCHANGE_SEND_AGAIN, tx_now(tx), (int64_t)NODE);
}

static void its_asker_takes_back_what_has_not_left(void **state)
{
    struct scene *s = *state;
    assert_string_equal(send_script(s, "bank"), "");
    assert_true(takes_back(s, "bank"));
}

static void nobody_takes_back_the_exchange_of_another(void **state)
{
    struct scene *s = *state;
    assert_string_equal(send_script(s, "bank"), "");
    assert_false(takes_back(s, "other"));
    assert_true(takes_back(s, "bank"));
}

static void what_the_owner_asks_for_its_work_is_its_askers(void **state)
{
    struct scene *s = *state;
    assert_string_equal(ask(s, "bank", "create-domain", "{}"), "");
    assert_false(takes_back(s, "other"));
    assert_true(takes_back(s, "bank"));
}

static void what_goes_out_again_after_a_restart_had_left(void **state)
{
    struct scene *s = *state;
    assert_string_equal(send_script(s, "bank"), "");
    assert_int_equal(store_write(s->store, leave_and_start_anew, s), TSM_OK);
    assert_false(takes_back(s, "bank"));
}

/* The mark is the stored call: its key says of which order. */
static void what_is_withdrawn_before_it_comes_is_refused_to_its_asker_alone(void **state)
{
    struct scene *s = *state;
    assert_false(takes_back(s, "bank"));
    assert_non_null(strstr(send_script(s, "bank"), "withdrawn before anything left"));
    assert_string_equal(send_script(s, "other"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_asker_takes_back_what_has_not_left, up, down),
        cmocka_unit_test_setup_teardown(nobody_takes_back_the_exchange_of_another, up, down),
        cmocka_unit_test_setup_teardown(what_the_owner_asks_for_its_work_is_its_askers, up, down),
        cmocka_unit_test_setup_teardown(what_goes_out_again_after_a_restart_had_left, up, down),
        cmocka_unit_test_setup_teardown(what_is_withdrawn_before_it_comes_is_refused_to_its_asker_alone, up,
                                        down),
    };
    return cmocka_run_group_tests_name("withdraw", tests, NULL, NULL);
}
