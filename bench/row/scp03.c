/* SPDX-License-Identifier: Apache-2.0 */
/* Row scp03_script: a channel opened, forty commands wrapped and their answers checked, through the vault.
 * Bench only. Stations 7 and 10. */
#include <stdlib.h>
#include <string.h>

#include "bare/crypto/scp03.h"
#include "bench.h"
#include "fleet.h"
#include "vault/keys/handover.h"
#include "vault/operation/operation.h"

enum {
    CARDS = 250,
    PASSES = 16,
    GOAL_PERCENT = 70,
    PROTOCOL = 3,
    I_70 = 0x70,
    LEVEL = 0x33,
    ANSWER = BARE_MAC + 2,
    STRIDE = BARE_HEADER + BARE_PADDED
};

/* A card, with all that it says in its session: the challenges stand, so its answers do, too. */
struct scp03_card {
    uint8_t aad[8], blob[BARE_BLOB], context[16], cryptogram[8], answers[BARE_COMMANDS][ANSWER];
};

struct scp03_row {
    struct vault_party *vault;
    struct bare_crypto bare;
    struct bare_session session;
    struct scp03_card cards[CARDS];
    uint8_t data[BARE_COMMAND_DATA], chains[BARE_COMMANDS][16], macs[BARE_COMMANDS][16];
    uint8_t bare_commands[BARE_COMMANDS * STRIDE], out[BARE_COMMANDS * 300],
        opened_bytes[BARE_COMMANDS * ANSWER];
    struct apdu plain[BARE_COMMANDS];
    struct bytes wrapped[BARE_COMMANDS], answer[BARE_COMMANDS];
    struct channel_expect expect[BARE_COMMANDS];
    struct rapdu opened[BARE_COMMANDS];
};

static void bare_plain(struct scp03_row *r)
{
    static const uint8_t header[BARE_HEADER] = {0x84, 0xE2, 0x00, 0x00, BARE_PADDED + BARE_MAC};
    for (size_t i = 0; i < BARE_COMMANDS; i++) {
        uint8_t *at = r->bare_commands + i * STRIDE;
        memset(at, 0, STRIDE);
        memcpy(at, header, BARE_HEADER);
        memcpy(at + BARE_HEADER, r->data, BARE_COMMAND_DATA);
        at[BARE_HEADER + BARE_COMMAND_DATA] = 0x80;
    }
}

/* One bare session; its R-MACs are what a card of these keys answers. */
static bool bare_session(struct scp03_row *r, const struct scp03_card *c)
{
    return bare_session_open(&r->bare, c->aad, c->blob, c->context, &r->session) &&
           bare_session_wrap(&r->bare, &r->session, r->bare_commands, r->chains) &&
           bare_session_check(&r->bare, &r->session, r->chains, r->macs);
}

static enum tsm_err make_card(struct scp03_row *r, size_t i)
{
    struct scp03_card *c = &r->cards[i];
    uint8_t plain[FLEET_PLAIN], cryptogram[16];
    struct writer blob = WRITER(c->blob), aad = WRITER(c->aad);
    struct import_row row = {
        {PROTOCOL, FLEET_KVN, CIPHER_AES, 16}, BYTES_OF(plain + 4, 48), BYTES_NONE, BYTES_NONE};
    fleet_keys((int64_t)i, plain);
    memset(c->context, (int)i, sizeof c->context);
    TRY(write_u64(&aad, i));
    TRY(vault_import_clear(r->vault, &row, (struct keyset_target){i, &blob, NULL}));
    bare_plain(r);
    NEED(bare_session(r, c), CRYPTO_FAILED);
    for (size_t k = 0; k < BARE_COMMANDS; k++) {
        memcpy(c->answers[k], r->macs[k], BARE_MAC);
        memcpy(c->answers[k] + BARE_MAC, (uint8_t[]){0x90, 0x00}, 2);
    }
    NEED(bare_derive(&r->bare, r->session.mac, (uint8_t[]){0x00, 0x40}, c->context, cryptogram),
         CRYPTO_FAILED);
    memcpy(c->cryptogram, cryptogram, sizeof c->cryptogram);
    return TSM_OK;
}

static enum tsm_err script(struct scp03_row *r, const struct scp03_card *c, uint64_t id)
{
    uint8_t room[64];
    struct writer first = WRITER(room), out = WRITER(r->out), opened = WRITER(r->opened_bytes);
    struct init_update iu = {.kvn = FLEET_KVN,
                             .protocol = PROTOCOL,
                             .i = I_70,
                             .challenge = {c->context + 8, 8},
                             .cryptogram = BYTES(c->cryptogram),
                             .has_sequence = true};
    struct sealed_keyset keys = {id, BYTES(c->blob)};
    struct scp_opening opening = {
        .keys = keys, .answer = &iu, .host_challenge = {c->context, 8}, .level = LEVEL};
    struct scp_commands commands = {r->plain, BARE_COMMANDS, &out, r->wrapped, r->expect};
    struct scp_answers answers = {r->expect, r->answer, BARE_COMMANDS, &opened, r->opened, 0};
    struct channel ch;
    TRY(vault_open_scp(r->vault, &opening, &ch, &first));
    TRY(vault_wrap_scp(r->vault, keys, &ch, &commands));
    for (size_t i = 0; i < BARE_COMMANDS; i++)
        r->answer[i] = BYTES(c->answers[i]);
    return vault_unwrap_scp(r->vault, keys, &ch, &answers);
}

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct scp03_row *r = self;
    double from = seconds_of_thread();
    for (size_t i = 0; i < n; i++)
        TRY(script(r, &r->cards[i % CARDS], i % CARDS));
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

/* The data are in place already and are ciphered again and again: the calls cost the same. */
static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct scp03_row *r = self;
    double from = seconds_of_thread();
    for (size_t i = 0; i < n; i++)
        NEED(bare_session(r, &r->cards[i % CARDS]), CRYPTO_FAILED);
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

static enum tsm_err with_row(struct bench *b, struct scp03_row *r)
{
    struct pair pair = {{ours, r}, {bare, r}, (size_t)CARDS * PASSES, false};
    struct measured m;
    struct result out;
    uint8_t key[BARE_DATA_KEY];
    TRY(bench_vault(b, &r->vault));
    TRY(bench_data_key(b, key));
    NEED(bare_crypto_init(&r->bare, key), CRYPTO_FAILED);
    for (size_t i = 0; i < BARE_COMMANDS; i++)
        r->plain[i] = (struct apdu){.cla = 0x80, .ins = 0xE2, .data = BYTES(r->data), .le = APDU_LE_NONE};
    for (size_t i = 0; i < CARDS; i++)
        TRY(make_card(r, i));
    TRY(measure(b, &pair, &m));
    out = result_of("scp03_script", "1/s", &m);
    out.met = out.ratio >= GOAL_PERCENT / 100.0;
    snprintf(out.goal, sizeof out.goal, ">= %d %% of bare", GOAL_PERCENT);
    snprintf(out.how, sizeof out.how,
             "processor time of one thread, SCP03 AES-128 i=70 level 33: blob, session keys, %d commands of "
             "%d octets, their answers "
             "checked, another card each time; bare: one GCM open and derivation, then ICV, CBC, C-MAC, "
             "R-MAC with the "
             "session keys kept in their contexts; %.2f us a command",
             BARE_COMMANDS, BARE_COMMAND_DATA, 1e6 / m.ours / BARE_COMMANDS);
    report(b, &out);
    return TSM_OK;
}

enum tsm_err row_scp03_script(struct bench *b)
{
    struct scp03_row *r = calloc(1, sizeof *r);
    enum tsm_err e = r ? with_row(b, r) : FAIL(NO_MEMORY, "no memory for the row");
    if (r)
        bare_crypto_end(&r->bare);
    free(r);
    return e;
}
