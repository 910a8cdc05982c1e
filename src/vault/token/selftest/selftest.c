/* SPDX-License-Identifier: Apache-2.0 */
/* The self-test table: what was tried, for what it is wanted, what came out. Edge. */
#include "vault/token/selftest/selftest.h"

#include <p11-kit/p11-kit.h>

#include "vault/token/selftest/probe.h"

static const struct probe_row rows[] = {
    {"AES-ECB", "AES masters, check values", true, probe_aes_ecb},
    {"AES-CBC", "AES masters", true, probe_aes_cbc},
    {"AES-CMAC", "AES masters: KDF3", true, probe_aes_cmac},
    {"AES-GCM", "kek: data keys", true, probe_aes_gcm},
    {"AES key wrap (RFC 3394)", "transport keys", false, probe_aes_wrap},
    {"3DES-ECB", "card issuer masters: UDK, EMV CPS, VISA2, CVK", true, probe_tdes_ecb},
    {"3DES-CBC", "SCP02 session keys", false, probe_tdes_cbc},
    {"3DES-MAC", "SCP02 and SCP80 checksums", false, probe_tdes_mac},
    {"DES-ECB", "SCP02 retail MAC", false, probe_des_ecb},
    {"HMAC-SHA-256", "duplicate detection", true, probe_hmac},
    {"ECDSA P-256", "signing", true, probe_ecdsa},
    {"ECDH P-256", "intake, hand-over, import", true, probe_ecdh},
    {"random", "data keys, masters", true, probe_random},
    {"sensitive values stay unreadable", "policy", true, probe_sensitive},
    {"non-extractable keys are not wrapped", "policy", true, probe_unextractable},
    {"allowed mechanisms are enforced", "policy", true, probe_allowed},
};

static const char *result_text(CK_RV rv, int verdict)
{
    switch (rv) {
    case CKR_OK:
        return verdict == PROBE_RIGHT ? "works" : "wrong answer";
    case CKR_MECHANISM_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_ATTRIBUTE_TYPE_INVALID:
    case CKR_ATTRIBUTE_VALUE_INVALID:
        return "not supported by token";
    default:
        return p11_kit_strerror(rv);
    }
}

struct table {
    json_t *rows;
    bool ready, full;
};

static CK_RV run_rows(const struct lease *l, void *arg)
{
    struct table *t = arg;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct probe p = {l, PROBE_WRONG_ANSWER};
        CK_RV rv = rows[i].run(&p);
        bool works = rv == CKR_OK && p.verdict == PROBE_RIGHT;
        json_t *row = json_pack("{s:s, s:s, s:b, s:s}", "name", rows[i].name, "use", rows[i].use, "needed",
                                rows[i].needed, "result", result_text(rv, p.verdict));
        t->full = t->full && row && json_array_append_new(t->rows, row) == 0;
        t->ready = t->ready && (works || !rows[i].needed);
    }
    return CKR_OK;
}

struct identity {
    struct token *t;
    CK_TOKEN_INFO info;
};

static CK_RV run_identity(const struct lease *l, void *arg)
{
    struct identity *id = arg;
    CK_SESSION_INFO session;
    CK_RV rv = l->f->C_GetSessionInfo(l->session, &session);
    return rv != CKR_OK ? rv : l->f->C_GetTokenInfo(session.slotID, &id->info);
}

static json_t *padded_text(const CK_UTF8CHAR *text, size_t room)
{
    return json_stringn((const char *)text, p11_kit_space_strlen(text, room));
}

enum tsm_err token_selftest(struct token *t, json_t **out)
{
    struct table table = {json_array(), true, true};
    struct identity id = {.t = t};
    enum tsm_err e = token_run(t, &(struct token_call){"C_GetTokenInfo", run_identity, &id, TOKEN_NO_KEY});
    json_t *report;
    if (e == TSM_OK)
        e = token_run(t, &(struct token_call){"self-test", run_rows, &table, TOKEN_NO_KEY});
    if (e != TSM_OK) {
        json_decref(table.rows);
        return e;
    }
    report =
        json_pack("{s:s, s:s, s:o, s:o, s:b, s:o}", "module", t->where.module, "label", t->where.label,
                  "manufacturer", padded_text(id.info.manufacturerID, sizeof id.info.manufacturerID), "model",
                  padded_text(id.info.model, sizeof id.info.model), "ready", table.ready, "rows", table.rows);
    if (!report || !table.full) {
        json_decref(report);
        return FAIL(NO_MEMORY, "no memory for the self-test's table");
    }
    *out = report;
    return TSM_OK;
}
