/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys stay and where they do not; many threads at once. Unit test of vault/memory.c and
 * vault/worker.c. */
#include "vault/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "rig.h"
#include "scan.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"
#include "vault/operation/operation.h"
#include "vault/party.h"

/* Sanitizers make mlock do nothing. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MLOCK_IS_SILENCED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MLOCK_IS_SILENCED 1
#endif
#ifndef MLOCK_IS_SILENCED
#define MLOCK_IS_SILENCED 0
#endif

enum { ID = 5, BOX = 256 };
static const struct keyset_form scp80_form = {PROTOCOL_SCP80, 1, CIPHER_AES, 16};
static const struct keyset_form scp03_form = {PROTOCOL_SCP03, 1, CIPHER_AES, 16};

static struct sealed_keyset generated(struct vault_party *p, const struct keyset_form *form, uint8_t *box)
{
    struct writer w = {box, 0, SEALED_KEYSET_MAX};
    assert_ok(vault_generate_keyset(p, form, (struct keyset_target){ID, &w, NULL}));
    return (struct sealed_keyset){ID, written(&w)};
}

/* What the three keys of a blob look like, without keeping them. */
static void needles_of(struct vault_party *p, struct sealed_keyset k, struct needle out[KEYSET_KEYS])
{
    enum { HEAD = 4 };
    uint8_t clear[KEYSET_PLAIN_MAX];
    struct writer w = WRITER(clear);
    assert_ok(vault_unseal(p, k.id, k.blob, &w));
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        out[i] = needle_of(&clear[HEAD + i * NEEDLE_LEN]);
    explicit_bzero(clear, sizeof clear);
}

static void the_scan_finds_what_is_there(void **state)
{
    volatile uint8_t secret[NEEDLE_LEN];
    struct needle n;
    (void)state;
    assert_ok(vault_random((uint8_t *)(uintptr_t)secret, sizeof secret));
    n = needle_of((const uint8_t *)(uintptr_t)secret);
    assert_true(needle_count(&n) > 0);
    explicit_bzero((void *)(uintptr_t)secret, sizeof secret);
    assert_int_equal(needle_count(&n), 0);
}

static void wrap_once(struct vault_party *p, struct sealed_keyset k)
{
    struct scp80_job job = {.keys = k,
                            .command = {.spi = {0x16, 0x39}, .kic = 0x12, .kid = 0x12, .counter = 1}};
    uint8_t text[40] = {0x80, 0xF2}, box[BOX];
    struct writer w = WRITER(box);
    job.command.data = BYTES(text);
    assert_ok(vault_wrap_scp80(p, &job, 1, &w));
    assert_int_equal(job.err, TSM_OK);
}

static void no_key_is_left_after_a_packet(void **state)
{
    struct vault_party *p = rig_party("bank");
    uint8_t box[SEALED_KEYSET_MAX];
    struct sealed_keyset k = generated(p, &scp80_form, box);
    struct needle n[KEYSET_KEYS];
    (void)state;
    needles_of(p, k, n);
    wrap_once(p, k);
    for (int i = 0; i < KEYSET_KEYS; i++)
        assert_int_equal(needle_count(&n[i]), 0);
}

static void no_key_is_left_after_keys_were_packed_for_a_card(void **state)
{
    struct vault_party *p = rig_party("bank");
    uint8_t boxes[2][SEALED_KEYSET_MAX], body[BOX], due[PUTKEY_ANSWER_MAX];
    struct new_keys k = {.dek = {generated(p, &scp80_form, boxes[0]), NULL},
                         .fresh = generated(p, &scp03_form, boxes[1])};
    struct writer w = WRITER(body), answer = WRITER(due);
    struct needle n[2][KEYSET_KEYS];
    (void)state;
    needles_of(p, k.dek.keys, n[0]);
    needles_of(p, k.fresh, n[1]);
    assert_ok(vault_put_key_body(p, &k, &w, &answer));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        assert_int_equal(needle_count(&n[0][i]), 0);
        assert_int_equal(needle_count(&n[1][i]), 0);
    }
}

static void no_key_is_left_after_a_hand_over(void **state)
{
    struct vault_party *p = rig_party("bank");
    uint8_t box[SEALED_KEYSET_MAX], jwe_box[HANDOVER_JWE_MAX], again[SEALED_KEYSET_MAX];
    struct sealed_keyset k = generated(p, &scp80_form, box);
    struct writer jwe = WRITER(jwe_box), w = WRITER(again);
    struct needle n[KEYSET_KEYS];
    json_t *jwk = NULL;
    (void)state;
    needles_of(p, k, n);
    assert_ok(vault_public_jwk(p, VAULT_KEY_HANDOVER, &jwk));
    assert_ok(vault_export_keyset_jwe(p, k, jwk, &jwe));
    assert_ok(
        vault_import_keyset_jwe(p, VAULT_KEY_HANDOVER, written(&jwe), (struct keyset_target){ID, &w, NULL}));
    json_decref(jwk);
    for (int i = 0; i < KEYSET_KEYS; i++)
        assert_int_equal(needle_count(&n[i]), 0);
}

static void the_bench_is_empty_between_batches(void **state)
{
    struct vault_party *p = rig_party("bank");
    uint8_t box[SEALED_KEYSET_MAX];
    struct sealed_keyset k = generated(p, &scp80_form, box);
    struct worker *w, clean;
    (void)state;
    wrap_once(p, k);
    assert_ok(worker_get(&w));
    memset(&clean, 0, sizeof clean);
    clean.crypto = w->crypto;
    assert_memory_equal(w, &clean, sizeof clean);
}

/* The mapping that holds `at` must be locked and left out of dumps: flags "lo" and "dd" of smaps. */
static void assert_mapping_flags(const void *at)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[512];
    bool here = false, seen = false;
    if (!f)
        skip();
    while (f && fgets(line, sizeof line, f)) {
        size_t from, to;
        if (sscanf(line, "%zx-%zx ", &from, &to) == 2)
            here = (size_t)at >= from && (size_t)at < to;
        else if (here && !strncmp(line, "VmFlags:", 8)) {
            assert_true(MLOCK_IS_SILENCED || strstr(line, " lo"));
            assert_non_null(strstr(line, " dd"));
            seen = true;
        }
    }
    fclose(f);
    assert_true(seen);
}

static void keys_live_in_locked_pages_that_are_not_dumped(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct worker *w;
    (void)state;
    assert_ok(worker_get(&w));
    assert_mapping_flags(w);
    assert_mapping_flags(p);
    assert_mapping_flags(p->token);
}

static void a_hardened_process_cannot_be_dumped(void **state)
{
    int status = -1;
    pid_t child;
    (void)state;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        bool all_locked;
        _exit(vault_harden(&all_locked) == TSM_OK && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* What heaps and stacks hold stays out of core dumps: of all pages only the heads of ELF files go in. */
static void a_guarded_process_leaves_its_heap_out_of_dumps(void **state)
{
    int status = -1;
    pid_t child;
    (void)state;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        unsigned filter = 0xFF;
        FILE *f = vault_guard() ? fopen("/proc/self/coredump_filter", "r") : NULL;
        _exit(f && fscanf(f, "%x", &filter) == 1 && filter == 0x10 ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

enum { THREADS = 4, ROUNDS = 25, CARDS = 8 };
struct crowd {
    struct vault_party *p;
    struct sealed_keyset keys[CARDS];
    uint8_t blobs[CARDS][SEALED_KEYSET_MAX];
    uint8_t due[CARDS][BOX];
    size_t due_len[CARDS];
    struct bytes jwe;
};

static struct scp80_command card_command(struct bytes data, size_t i)
{
    return (struct scp80_command){
        .spi = {0x16, 0x39}, .kic = 0x12, .kid = 0x12, .tar = {0xB0}, .counter = i + 1, .data = data};
}

static bool same_packets(const struct crowd *c)
{
    static const uint8_t text[] = "the same script for every card";
    struct scp80_job jobs[CARDS];
    uint8_t box[CARDS * BOX];
    struct writer w = WRITER(box);
    bool same = true;
    for (size_t i = 0; i < CARDS; i++)
        jobs[i] = (struct scp80_job){.keys = c->keys[i], .command = card_command(BYTES(text), i)};
    same = vault_wrap_scp80(c->p, jobs, CARDS, &w) == TSM_OK;
    for (size_t i = 0; i < CARDS && same; i++)
        same = jobs[i].err == TSM_OK && bytes_equal(jobs[i].packet, BYTES_OF(c->due[i], c->due_len[i]));
    return same;
}

static void *crowd_member(void *arg)
{
    const struct crowd *c = arg;
    uintptr_t good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t plain[BOX], mac[SHA256_LEN];
        struct writer w = WRITER(plain);
        good += same_packets(c) && vault_jwe_open(c->p, VAULT_KEY_INTAKE, c->jwe, &w) == TSM_OK &&
                bytes_equal(written(&w), bytes_of_text("card")) &&
                vault_hmac(c->p, VAULT_KEY_DUPLICATE, c->jwe, mac) == TSM_OK;
    }
    return (void *)good;
}

static void crowd_prepare(struct crowd *c)
{
    static uint8_t jwe_box[1024];
    static const uint8_t text[] = "the same script for every card";
    struct writer jwe = WRITER(jwe_box);
    json_t *jwk = NULL;
    c->p = rig_party("bank");
    for (size_t i = 0; i < CARDS; i++) {
        struct scp80_job job;
        struct writer w = WRITER(c->due[i]);
        c->keys[i] = generated(c->p, &scp80_form, c->blobs[i]);
        job = (struct scp80_job){.keys = c->keys[i], .command = card_command(BYTES(text), i)};
        assert_ok(vault_wrap_scp80(c->p, &job, 1, &w));
        assert_int_equal(job.err, TSM_OK);
        c->due_len[i] = w.len;
    }
    assert_ok(vault_public_jwk(c->p, VAULT_KEY_INTAKE, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text("card"), NULL}, &jwe));
    json_decref(jwk);
    c->jwe = written(&jwe);
}

static void four_threads_use_one_party_at_once(void **state)
{
    static struct crowd c;
    pthread_t threads[THREADS];
    (void)state;
    crowd_prepare(&c);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_member, &c), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *good = NULL;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_int_equal((uintptr_t)good, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scan_finds_what_is_there),
        cmocka_unit_test(no_key_is_left_after_a_packet),
        cmocka_unit_test(no_key_is_left_after_keys_were_packed_for_a_card),
        cmocka_unit_test(no_key_is_left_after_a_hand_over),
        cmocka_unit_test(the_bench_is_empty_between_batches),
        cmocka_unit_test(keys_live_in_locked_pages_that_are_not_dumped),
        cmocka_unit_test(a_hardened_process_cannot_be_dumped),
        cmocka_unit_test(a_guarded_process_leaves_its_heap_out_of_dumps),
        cmocka_unit_test(four_threads_use_one_party_at_once),
    };
    return cmocka_run_group_tests_name("memory", tests, rig_setup, rig_teardown);
}
