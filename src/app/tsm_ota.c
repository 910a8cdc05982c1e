/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm ota wrap | unwrap | por`: command packets and proofs of receipt made and opened by hand, with keys
 * that one holds oneself. App. [TS 102 225 5, TS 31.115 4] */
#include "app/tsm_ota.h"

#include <stdio.h>

#include "app/tsm_ota_args.h"
#include "base/hex.h"
#include "ota/packet/packet.h"
#include "ota/packet/spi.h"

static const char usage[] =
    "usage: tsm ota wrap   --spi HEX --kic HEX --kid HEX --tar HEX --counter N --kic-key KEY --kid-key KEY\n"
    "                      --data HEX [--cc-len 4|8] [--segments spec|cpi-first|cpi-all [--ref N]]\n"
    "       tsm ota unwrap --kic-key KEY --kid-key KEY --data PACKET [--spi HEX --kic HEX --kid HEX] "
    "[--raw]\n"
    "       tsm ota por    as wrap, with --status HEX: makes a proof of receipt\n"
    "\n"
    "unwrap opens a command packet (with or without 02 70 00), or a proof of receipt (02 71 00; it needs "
    "the\n"
    "command's --spi, --kic and --kid) and prints JSON, with --raw the data alone in hex.\n"
    "N is decimal, 0x.. or the ten hex digits of the wire. KEY is fd:N, @file or, for laboratory keys, "
    "hex.\n";

static enum tsm_err key_of(struct crypto *c, const struct secret *value, uint8_t kic_or_kid,
                           struct cipher_key *out)
{
    bool aes = (kic_or_kid & ALG_NIBBLE) == ALG_AES || (kic_or_kid & ALG_NIBBLE) == ALG_IMPLICIT;
    if (value->len == 0)
        return TSM_OK;
    return crypto_key(c, aes ? CIPHER_AES : CIPHER_TDES, secret_bytes(value), out);
}

static void print_hex(const char *before, struct bytes b, const char *behind)
{
    static char text[2 * OTA_PACKET_MAX + 1];
    printf("%s%s%s", before, hex_text(b, text), behind);
}

static enum tsm_err print_packet(const struct ota_job *j, struct bytes packet)
{
    struct segmentation how = {j->order, ELEMENT_COMMAND, j->ref};
    size_t total = j->segments ? sms_segments(packet.len, j->order) : 0;
    if (!j->segments) {
        print_hex("", packet, "\n");
        return TSM_OK;
    }
    NEED(total > 0, TOO_LONG);
    for (size_t i = 0; i < total; i++) {
        uint8_t ud[SMS_UD_MAX];
        struct writer w = WRITER(ud);
        TRY(sms_segment(packet, &how, i, &w));
        print_hex("", written(&w), "\n");
    }
    return TSM_OK;
}

static enum tsm_err wrap(struct ota_job *j, const struct scp80_keys *keys)
{
    static uint8_t packet[OTA_PACKET_MAX];
    struct writer w = WRITER(packet);
    j->command.data = BYTES_OF(j->data, j->data_len);
    TRY(scp80_wrap(&j->command, keys, &w));
    return print_packet(j, written(&w));
}

static struct por_terms terms_of(const struct scp80_command *c)
{
    return (struct por_terms){c->spi[1], c->kic, c->kid, c->cc_len};
}

static enum tsm_err por(struct ota_job *j, const struct scp80_keys *keys)
{
    static uint8_t body[OTA_PACKET_MAX];
    struct writer w = WRITER(body);
    j->response.data = BYTES_OF(j->data, j->data_len);
    j->response.counter = j->command.counter;
    memcpy(j->response.tar, j->command.tar, sizeof j->response.tar);
    TRY(por_wrap(&j->response, terms_of(&j->command), keys, &w));
    print_hex("", written(&w), "\n");
    return TSM_OK;
}

static enum tsm_err unwrap_por(const struct ota_job *j, struct bytes body, const struct scp80_keys *keys)
{
    static uint8_t clear[OTA_PACKET_MAX];
    struct writer plain = WRITER(clear);
    struct scp80_response r;
    TRY(por_unwrap(body, terms_of(&j->command), keys, &r, &plain));
    if (!j->raw) {
        print_hex("{\"kind\":\"por\",\"tar\":\"", BYTES(r.tar), "\",");
        printf("\"counter\":\"%010llX\",\"status\":\"%02X\",\"text\":\"%s\",\"secured\":%s,\"data\":\"",
               (unsigned long long)r.counter, r.status, por_status_text(r.status),
               r.secured ? "true" : "false");
    }
    print_hex("", r.data, j->raw ? "\n" : "\"}\n");
    return TSM_OK;
}

static enum tsm_err unwrap_command(const struct ota_job *j, struct bytes packet,
                                   const struct scp80_keys *keys)
{
    static uint8_t clear[OTA_PACKET_MAX];
    struct writer plain = WRITER(clear);
    struct scp80_command c;
    TRY(scp80_unwrap(packet, keys, &c, &plain));
    if (!j->raw) {
        print_hex("{\"kind\":\"command\",\"spi\":\"", BYTES(c.spi), "\",");
        print_hex("\"tar\":\"", BYTES(c.tar), "\",");
        printf("\"kic\":\"%02X\",\"kid\":\"%02X\",\"counter\":\"%010llX\",\"cc_len\":%u,\"data\":\"", c.kic,
               c.kid, (unsigned long long)c.counter, c.cc_len);
    }
    print_hex("", c.data, j->raw ? "\n" : "\"}\n");
    return TSM_OK;
}

/* Takes a three-octet user data header off the left. */
static bool take_header(struct reader *r, enum packet_element element)
{
    const uint8_t header[] = {2, (uint8_t)element, 0};
    struct bytes start;
    return bytes_part(r->left, 0, sizeof header < r->left.len ? sizeof header : r->left.len, &start) ==
               TSM_OK &&
           bytes_equal(start, BYTES(header)) && read_span(r, sizeof header, &start) == TSM_OK;
}

static bool is_por(const struct ota_job *j)
{
    struct reader r = READER(BYTES_OF(j->data, j->data_len));
    return take_header(&r, ELEMENT_RESPONSE);
}

/* A command packet says itself what its keys are for. [TS 102 225 5.1: KIc and KID behind CPL, CHL, SPI] */
static enum tsm_err read_kic_kid(struct bytes packet, struct scp80_command *c)
{
    struct reader r = READER(packet);
    struct bytes unused;
    TRY(read_span(&r, 5, &unused));
    TRY(read_u8(&r, &c->kic));
    return read_u8(&r, &c->kid);
}

static enum tsm_err keys_of(struct ota_job *j, struct crypto *c, struct scp80_keys *keys)
{
    TRY(key_of(c, &j->kic, j->command.kic, &keys->kic));
    return key_of(c, &j->kid, j->command.kid, &keys->kid);
}

static enum tsm_err run(struct ota_job *j, const char *verb, struct crypto *c, struct scp80_keys *keys)
{
    struct reader packet = READER(BYTES_OF(j->data, j->data_len));
    if (strcmp(verb, "unwrap") == 0 && !is_por(j)) {
        take_header(&packet, ELEMENT_COMMAND);
        TRY(read_kic_kid(packet.left, &j->command));
        TRY(keys_of(j, c, keys));
        return unwrap_command(j, packet.left, keys);
    }
    TRY(keys_of(j, c, keys));
    if (strcmp(verb, "unwrap") == 0)
        return unwrap_por(j, packet.left, keys);
    return strcmp(verb, "por") == 0 ? por(j, keys) : wrap(j, keys);
}

static int report(enum tsm_err e, int status)
{
    fprintf(stderr, "tsm ota: %s%s%s\n", err_text(e), err_cause()[0] ? ": " : "", err_cause());
    return status;
}

static int run_with_keys(struct ota_job *j, const char *verb)
{
    struct scp80_keys keys = {0};
    struct crypto *c = NULL;
    enum tsm_err e = crypto_new(&c);
    if (e == TSM_OK)
        e = run(j, verb, c, &keys);
    explicit_bzero(&keys, sizeof keys);
    crypto_free(c);
    return e == TSM_OK ? 0 : report(e, 1);
}

int tsm_ota_main(int argc, char **argv)
{
    OTA_JOB j = {.segments = false};
    const char *verb = argc > 1 ? argv[1] : "";
    bool asks = strcmp(verb, "help") == 0;
    enum tsm_err e;
    for (int i = 1; i < argc; i++)
        asks |= strcmp(argv[i], "--help") == 0;
    if (asks) {
        fputs(usage, stdout);
        return 0;
    }
    if (strcmp(verb, "wrap") && strcmp(verb, "unwrap") && strcmp(verb, "por")) {
        fputs(usage, stderr);
        return 2;
    }
    e = ota_args_read(argc, argv, &j);
    return e == TSM_OK ? run_with_keys(&j, verb) : report(e, 2);
}
