/* SPDX-License-Identifier: Apache-2.0 */
/* Row scp80_wrap: command packets for cards that each have their own sealed key set, through the vault. Bench
 * only. Station 7. */
#include <stdlib.h>
#include <string.h>

#include "bare/crypto/scp80.h"
#include "bench.h"
#include "fleet.h"
#include "vault/keys/handover.h"
#include "vault/operation/operation.h"

enum { CARDS = 20000, BATCH = 1000, PASSES = 20, GOAL_RATE = 600000, GOAL_PERCENT = 70 };

struct scp80_row {
    struct vault_party *vault;
    struct bare_crypto bare;
    struct bare_card cards[CARDS];
    struct scp80_job jobs[BATCH];
    uint8_t payload[BARE_PAYLOAD], packets[BATCH * BARE_PACKET];
};

static enum tsm_err make_card(struct scp80_row *r, size_t i)
{
    uint8_t plain[FLEET_PLAIN];
    struct writer blob = WRITER(r->cards[i].blob), aad = WRITER(r->cards[i].aad);
    struct import_row row = {
        {FLEET_PROTOCOL, FLEET_KVN, CIPHER_AES, 16}, BYTES_OF(plain + 4, 48), BYTES_NONE, BYTES_NONE};
    fleet_keys((int64_t)i, plain);
    TRY(write_u64(&aad, i));
    return vault_import_clear(r->vault, &row, (struct keyset_target){i, &blob, NULL});
}

static enum tsm_err wrap_batch(struct scp80_row *r, size_t from)
{
    struct writer out = WRITER(r->packets);
    for (size_t i = 0; i < BATCH; i++)
        r->jobs[i] = (struct scp80_job){.keys = {from + i, BYTES(r->cards[from + i].blob)},
                                        .command = {.spi = {0x16, 0x39},
                                                    .kic = 0x12,
                                                    .kid = 0x12,
                                                    .tar = {0xB2, 0x01, 0x00},
                                                    .counter = 1,
                                                    .data = BYTES(r->payload)}};
    TRY(vault_wrap_scp80(r->vault, r->jobs, BATCH, &out));
    for (size_t i = 0; i < BATCH; i++)
        TRY(r->jobs[i].err);
    NEED(out.len == sizeof r->packets, BAD_LENGTH);
    return TSM_OK;
}

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct scp80_row *r = self;
    double from = seconds_of_thread();
    for (size_t done = 0; done < n; done += BATCH)
        TRY(wrap_batch(r, done % CARDS));
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct scp80_row *r = self;
    double from = seconds_of_thread();
    NEED(bare_scp80(&r->bare, r->cards, CARDS, n / CARDS), CRYPTO_FAILED);
    *seconds = seconds_of_thread() - from;
    return TSM_OK;
}

/* The bare packet of a card must be ours, octet for octet, or the comparison is worth nothing. */
static enum tsm_err same_packet(struct scp80_row *r)
{
    uint8_t keys[BARE_PLAIN], packet[BARE_PACKET];
    TRY(wrap_batch(r, 0));
    memcpy(packet,
           (uint8_t[]){0, BARE_PACKET - 2, 13 + BARE_PACKET_CC, 0x16, 0x39, 0x12, 0x12, 0xB2, 0x01, 0x00},
           BARE_PACKET_CLEAR);
    memcpy(packet + BARE_PACKET_CLEAR, (uint8_t[]){0, 0, 0, 0, 1, 0}, 6);
    memcpy(packet + BARE_PACKET_HEAD + BARE_PACKET_CC, r->payload, BARE_PAYLOAD);
    NEED(bare_open(&r->bare, r->cards[0].aad, r->cards[0].blob, keys) && bare_packet(&r->bare, keys, packet),
         CRYPTO_FAILED);
    return memcmp(packet, r->packets, BARE_PACKET)
               ? FAIL(CRYPTO_FAILED, "the bare packet is another than ours")
               : TSM_OK;
}

static enum tsm_err with_row(struct bench *b, struct scp80_row *r)
{
    struct pair pair = {{ours, r}, {bare, r}, (size_t)CARDS * PASSES, false};
    struct measured m;
    struct result out;
    uint8_t key[BARE_DATA_KEY];
    TRY(bench_vault(b, &r->vault));
    TRY(bench_data_key(b, key));
    NEED(bare_crypto_init(&r->bare, key), CRYPTO_FAILED);
    for (size_t i = 0; i < CARDS; i++)
        TRY(make_card(r, i));
    TRY(same_packet(r));
    TRY(measure(b, &pair, &m));
    out = result_of("scp80_wrap", "1/s", &m);
    out.met = out.ratio >= GOAL_PERCENT / 100.0 && out.value >= GOAL_RATE;
    snprintf(out.goal, sizeof out.goal, ">= %d %% of bare and >= %d/s per core", GOAL_PERCENT, GOAL_RATE);
    snprintf(out.how, sizeof out.how,
             "processor time of one thread, AES-128 CBC and CMAC, payload %d, %d cards in turn, each key set "
             "unsealed from its blob, "
             "batches of %d; bare: GCM open, CMAC, CBC with kept EVP contexts on the same blobs",
             BARE_PAYLOAD, CARDS, BATCH);
    report(b, &out);
    return TSM_OK;
}

enum tsm_err row_scp80_wrap(struct bench *b)
{
    struct scp80_row *r = calloc(1, sizeof *r);
    enum tsm_err e = r ? with_row(b, r) : FAIL(NO_MEMORY, "no memory for the row");
    if (r)
        bare_crypto_end(&r->bare);
    free(r);
    return e;
}
