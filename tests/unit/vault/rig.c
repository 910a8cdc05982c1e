/* SPDX-License-Identifier: Apache-2.0 */
/* A private SoftHSM for one test executable. Test code; writes below TMPDIR. */
#include "rig.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 512, PARTIES_MAX = 8, BLOBS = 64 };

static char folder[PATH_ROOM], tokens[PATH_ROOM + 16];
static struct {
    char label[TOKEN_LABEL_MAX + 1];
    struct vault_party *p;
} parties[PARTIES_MAX];

int rig_setup(void **state)
{
    char path[PATH_ROOM + 32];
    const char *tmp = getenv("TMPDIR");
    FILE *f;
    (void)state;
    snprintf(folder, sizeof folder, "%s/tsm-vault-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    snprintf(tokens, sizeof tokens, "%s/tokens", folder);
    if (mkdir(tokens, S_IRWXU) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/softhsm2.conf", folder);
    f = fopen(path, "w");
    if (!f)
        return -1;
    fprintf(f, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens);
    fclose(f);
    return setenv("SOFTHSM2_CONF", path, 1);
}

static int drop(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s;
    (void)type;
    (void)at;
    return remove(path);
}

int rig_teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARTIES_MAX; i++) {
        vault_close(parties[i].p);
        parties[i].p = NULL;
    }
    return nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS);
}

void rig_need(void)
{
    if (access(TOKEN_MODULE_DEFAULT, R_OK) != 0)
        skip();
}

const char *rig_tokens(void)
{
    return tokens;
}

struct secret secret_of(const char *text)
{
    struct secret s = {0};
    assert_ok(secret_set(&s, bytes_of_text(text)));
    return s;
}

const char *rig_uri(const char *label)
{
    static char uri[64];
    snprintf(uri, sizeof uri, "pkcs11:token=%s", label);
    return uri;
}

static void init_token(const char *label)
{
    struct token_where where;
    struct secret so = secret_of(RIG_SO_PIN), pin = secret_of(RIG_PIN);
    assert_ok(token_where_read(rig_uri(label), &where));
    assert_ok(vault_init_token(&where, &so, &pin));
}

struct vault_party *rig_party(const char *label)
{
    struct vault_settings s = {rig_uri(label), true};
    struct secret pin = secret_of(RIG_PIN);
    size_t i = 0;
    rig_need();
    while (i < PARTIES_MAX && parties[i].p && strcmp(parties[i].label, label) != 0)
        i++;
    assert_true(i < PARTIES_MAX);
    if (!parties[i].p) {
        init_token(label);
        assert_ok(vault_prepare(&s, &pin));
        pin = secret_of(RIG_PIN);
        assert_ok(vault_open(&s, &pin, &parties[i].p));
        snprintf(parties[i].label, sizeof parties[i].label, "%s", label);
    }
    return parties[i].p;
}

struct token *rig_token(const char *label)
{
    struct token_where where;
    struct secret pin = secret_of(RIG_PIN);
    struct token *t = NULL;
    rig_need();
    init_token(label);
    assert_ok(token_where_read(rig_uri(label), &where));
    assert_ok(token_open(&where, &pin, &t));
    return t;
}

struct sealed_keyset rig_keyset(struct vault_party *p, uint64_t id, struct keyset_form form,
                                const char *const keys[KEYSET_KEYS])
{
    static uint8_t blobs[BLOBS][SEALED_KEYSET_MAX];
    static size_t next;
    uint8_t *blob = blobs[next++ % BLOBS], clear[KEYSET_PLAIN_MAX];
    struct writer all = WRITER(clear), out = {blob, 0, SEALED_KEYSET_MAX};
    for (int i = 0; i < KEYSET_KEYS; i++)
        assert_ok(write_span(&all, HEX(keys[i])));
    assert_ok(vault_import_clear(p, &(struct import_row){.form = form, .keys = written(&all)},
                                 (struct keyset_target){id, &out, NULL}));
    return (struct sealed_keyset){id, written(&out)};
}
