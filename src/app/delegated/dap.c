/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm gp dap sign | verify`: signatures over load files, offline. Edge. [GPCS C.2, C.3] */
#include <stdlib.h>

#include "app/cap_file.h"
#include "app/delegated/args.h"
#include "app/delegated/verbs.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "gp/delegated/dap.h"

static const char usage[] =
    "usage: tsm gp dap sign   --key KEY [--alg aes|tdes] | --pem FILE  --domain AID [--raw]\n"
    "                         --cap FILE [--hash-alg sha1|sha256|sha384|sha512] | --hash HEX\n"
    "       tsm gp dap verify --key KEY [--alg aes|tdes] | --pem FILE  [--domain AID]\n"
    "                         --cap FILE [--hash-alg ...] | --hash HEX   BLOCK\n"
    "  signs the load file data block hash for the security domain AID and prints the DAP block (E2), which "
    "stands\n"
    "  in front of the load file; BLOCK is one or more of them in hex. With both --cap and --hash the hash "
    "must "
    "be\n"
    "  that of the file.\n";

/* The hash of the file's load file data block, as it would be sent. */
static enum tsm_err hash_file(const struct dm_args *a, struct writer *hash)
{
    uint8_t package[16], sha256[32], *block;
    size_t package_len, len;
    enum tsm_err e;
    TRY(cap_file_block(a->cap, package, &package_len, &block, &len, sha256));
    e = a->hash.len ? dap_file_check(arg_bytes(&a->hash), BYTES_OF(block, len)) : TSM_OK;
    if (e == TSM_OK)
        e = a->hash.len ? write_span(hash, arg_bytes(&a->hash))
                        : lfdb_hash(a->hash_alg, BYTES_OF(block, len), hash);
    free(block);
    return e;
}

static enum tsm_err hash_of(const struct dm_args *a, struct writer *hash)
{
    NEED(a->hash.len <= HASH_LEN_MAX, BAD_LENGTH);
    return a->cap ? hash_file(a, hash) : write_span(hash, arg_bytes(&a->hash));
}

static enum tsm_err sign(const struct dm_args *a, const struct gp_signer *s, struct bytes hash)
{
    uint8_t room[ARG_OCTETS_MAX];
    struct writer block = WRITER(room);
    char text[2 * ARG_OCTETS_MAX + 1];
    TRY(dap_make(s, arg_bytes(&a->domain), hash, &block));
    if (!a->raw) {
        printf("%-10s %s\n", "scheme", gp_scheme_text(s->scheme));
        print_octets("hash", hash);
        printf("%-10s ", "block");
    }
    puts(hex_text(written(&block), text));
    return TSM_OK;
}

/* Blocks are read in front of an empty load file. */
static enum tsm_err read_blocks(const struct dm_args *a, uint8_t *room, struct load_file *out)
{
    static const uint8_t file[] = {0xC4, 0x01, 0x00};
    struct arg_octets blocks = {0};
    struct writer w = {room, 0, ARG_OCTETS_MAX + sizeof file};
    TRY(arg_operand(a, 0, &blocks));
    TRY(write_span(&w, arg_bytes(&blocks)));
    TRY(write_span(&w, BYTES(file)));
    TRY(load_file_read(written(&w), out));
    NEED(out->blocks > 0, MISSING_FIELD);
    return TSM_OK;
}

static enum tsm_err verify(const struct dm_args *a, const struct gp_signer *s, struct bytes hash)
{
    uint8_t room[ARG_OCTETS_MAX + 3];
    struct load_file f;
    struct dap d;
    TRY(read_blocks(a, room, &f));
    d = f.block[0];
    if (a->domain.len)
        TRY(load_file_dap(&f, arg_bytes(&a->domain), &d));
    TRY(dap_check(s, &d, hash));
    printf("%-10s right (%s)\n", "dap", gp_scheme_text(s->scheme));
    print_octets("domain", d.domain);
    print_octets("hash", hash);
    return TSM_OK;
}

static enum tsm_err run(struct dm_args *a)
{
    uint8_t room[HASH_LEN_MAX];
    struct writer hash = WRITER(room);
    ARG_SIGNER s = {0};
    TRY(arg_signer_open(a, &s));
    TRY(hash_of(a, &hash));
    return a->signs ? sign(a, &s.signer, written(&hash)) : verify(a, &s.signer, written(&hash));
}

int gp_dap_verb(int argc, char **argv)
{
    DM_ARGS a = {0};
    int status = args_read(argc, argv, usage, &a);
    enum tsm_err e;
    if (status >= 0)
        return status;
    if ((!a.cap && a.hash.len == 0) || a.operands != (a.signs ? 0 : 1) || (a.signs && a.domain.len == 0)) {
        fputs(usage, stderr);
        return TSM_EXIT_USAGE;
    }
    e = run(&a);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}
