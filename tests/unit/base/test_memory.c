/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out at one allocation after the other: a document that lacks something is never written, and
 * who has no cipher says so. Unit; malloc is wrapped by the linker, libcrypto's by its own hook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "base/crypto.h"
#include "base/json.h"

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

static unsigned before_failure; /* allocations until one fails; 0: none does */

void *__wrap_malloc(size_t n)
{
    return before_failure && --before_failure == 0 ? NULL : __real_malloc(n);
}

static void *crypto_take(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return __wrap_malloc(n);
}

static void *crypto_more(void *at, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return before_failure && --before_failure == 0 ? NULL : realloc(at, n);
}

static void crypto_give(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

static const char whole[] = "{\"a\":[1,\"two\"],\"b\":{\"c\":true},\"d\":\"some text\"}";

/* As documents are made everywhere: member by member, and nobody looks whether it was taken. */
static json_t *made(void)
{
    json_t *o = json_pack("{s[is]}", "a", 1, "two");
    json_object_set_new(o, "b", json_pack("{sb}", "c", 1));
    json_object_set_new(o, "d", json_string("some text"));
    return o;
}

static void a_document_that_lacks_something_is_not_written(void **state)
{
    unsigned n = 1;
    bool failed;
    (void)state;
    do {
        json_t *o;
        char *text;
        before_failure = n++;
        o = made();
        text = json_text(o);
        failed = before_failure == 0;
        before_failure = 0;
        if (failed)
            assert_null(text);
        else
            assert_string_equal(text, whole);
        free(text);
        json_decref(o);
    } while (failed);
    assert_true(n > 10);
}

static void the_next_one_is(void **state)
{
    json_t *o;
    char *text;
    (void)state;
    before_failure = 1;
    assert_null(json_object());
    before_failure = 0;
    assert_true(json_lacks());
    o = made();
    text = json_text(o);
    assert_string_equal(text, whole);
    free(text);
    json_decref(o);
}

static void a_reader_without_memory_does_not_call_the_document_wrong(void **state)
{
    const struct bytes text = {(const uint8_t *)whole, sizeof whole - 1};
    json_t *o;
    enum tsm_err e;
    unsigned n = 1;
    (void)state;
    do {
        before_failure = n++;
        e = json_read(text, &o);
        assert_true(e == TSM_OK || e == TSM_NO_MEMORY);
        before_failure = 0;
    } while (e == TSM_NO_MEMORY);
    json_decref(o);
    assert_true(n > 10);
}

/* A key, a cipher, a checksum and a digest, of a crypto that is made for it. */
static enum tsm_err all_operations(uint8_t hash[SHA256_LEN])
{
    static const uint8_t value[16] = {1};
    struct bytes part = BYTES(value);
    uint8_t mac[16], block[16] = {0};
    struct cipher_key key;
    struct crypto *c;
    enum tsm_err e;
    TRY(crypto_new(&c));
    e = crypto_key(c, CIPHER_AES, part, &key);
    if (e == TSM_OK)
        e = crypto_cmac(&key, &part, 1, mac);
    if (e == TSM_OK)
        e = crypto_cbc(&key, ENCRYPT, block, part, block);
    if (e == TSM_OK)
        e = crypto_sha256(c, &part, 1, hash);
    crypto_free(c);
    return e;
}

static void a_crypto_without_memory_says_so(void **state)
{
    uint8_t right[SHA256_LEN], hash[SHA256_LEN];
    enum tsm_err e;
    unsigned n = 1;
    (void)state;
    assert_int_equal(all_operations(right), TSM_OK);
    do {
        before_failure = n++;
        e = all_operations(hash);
        before_failure = 0;
    } while (e == TSM_NO_MEMORY || e == TSM_CRYPTO_FAILED);
    assert_int_equal(e, TSM_OK);
    assert_memory_equal(hash, right, sizeof right);
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_that_lacks_something_is_not_written),
        cmocka_unit_test(the_next_one_is),
        cmocka_unit_test(a_reader_without_memory_does_not_call_the_document_wrong),
        cmocka_unit_test(a_crypto_without_memory_says_so),
    };
    if (!CRYPTO_set_mem_functions(crypto_take, crypto_more, crypto_give))
        return 1;
    json_memory(free);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
