/* SPDX-License-Identifier: Apache-2.0 */
/* The table of management modes. Stations 5 and 6. Pure. [GPCS 6.6.1, 9.1.3] */
#include "order/manage/mode.h"

#include <stdio.h>
#include <string.h>

#include "gp/command/install.h"

static const struct mode_row rows[MODES] = {
    [MODE_SIMPLE] = {.word = "simple",
                     .privileges = PRIVILEGE_SECURITY_DOMAIN | PRIVILEGE_TRUSTED_PATH,
                     .party = BY_OWNER,
                     .load = &plan_load_and_install,
                     .remove = &plan_remove},
    [MODE_DELEGATED] = {.word = "delegated",
                        .privileges = PRIVILEGE_DELEGATED_MANAGEMENT | PRIVILEGE_TRUSTED_PATH,
                        .party = BY_PROVIDER,
                        .tokens = true,
                        .receipts = true,
                        .load = &plan_load_delegated,
                        .remove = &plan_remove_delegated,
                        .close = &plan_remove_domain},
    [MODE_AUTHORIZED] = {.word = "authorized",
                         .privileges = PRIVILEGE_SECURITY_DOMAIN | PRIVILEGE_AUTHORIZED_MANAGEMENT |
                                       PRIVILEGE_TRUSTED_PATH,
                         .party = BY_PROVIDER,
                         .load = &plan_load_authorized,
                         .remove = &plan_remove_authorized,
                         .close = &plan_remove_domain},
};

const struct mode_row *mode_row(int64_t mode)
{
    return mode >= 0 && mode < MODES ? &rows[mode] : NULL;
}

/* One word more of a list in a refusal. */
static size_t add_word(char *to, size_t room, size_t n, const char *word)
{
    return n < room ? n + (size_t)snprintf(to + n, room - n, "%s%s", n ? ", " : "", word) : n;
}

enum tsm_err mode_read(const char *word, enum domain_mode *out)
{
    char all[ERR_CAUSE_MAX] = "";
    for (int i = 0; i < MODES; i++)
        if (strcmp(rows[i].word, word) == 0) {
            *out = (enum domain_mode)i;
            return TSM_OK;
        }
    for (size_t i = 0, n = 0; i < MODES; i++)
        n = add_word(all, sizeof all, n, rows[i].word);
    return FAIL_FIELD(BAD_VALUE, "mode", "%.40s is no management mode: %.160s", word, all);
}

static const char *const hand_overs[HAND_OVER_COUNT] = {
#define X(name, word) [HAND_OVER_##name] = word,
    HAND_OVERS(X)
#undef X
};

const char *hand_over_word(int64_t way)
{
    return way >= 0 && way < HAND_OVER_COUNT ? hand_overs[way] : "unknown";
}

enum tsm_err hand_over_read(const char *word, enum hand_over *out)
{
    char all[ERR_CAUSE_MAX] = "";
    for (int i = 0; i < HAND_OVER_COUNT; i++)
        if (strcmp(hand_overs[i], word) == 0) {
            *out = (enum hand_over)i;
            return TSM_OK;
        }
    for (size_t i = 0, n = 0; i < HAND_OVER_COUNT; i++)
        n = add_word(all, sizeof all, n, hand_overs[i]);
    return FAIL_FIELD(BAD_VALUE, "hand_over", "%.40s is no way of key hand-over: %.160s", word, all);
}

uint32_t mode_privileges(enum domain_mode mode, bool verifies_dap)
{
    return rows[mode].privileges | (verifies_dap ? (uint32_t)PRIVILEGE_DAP_VERIFICATION : 0);
}

enum tsm_err plan_token_request(const struct plan_step *step, const struct plan_facts *f, struct script *out)
{
    if (!step->request)
        return FAIL(NOT_FOUND, "step %s needs no token", step->name);
    return step->request(f, step->arg, out);
}

struct bytes *plan_token_place(const struct plan_step *step, struct plan_facts *f)
{
    return step->request ? &f->token[step->token] : NULL;
}
