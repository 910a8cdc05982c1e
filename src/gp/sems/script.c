/* SPDX-License-Identifier: Apache-2.0 */
/* A script's frames, written backwards, since each command carries the digest of the next; read forwards.
 * Stations 5 and 10. Pure. [GPCS Amendment I] */
#include "gp/apdu/apdu.h"
#include "gp/command/command.h"
#include "gp/sems/sems.h"
#include "gp/tlv.h"

enum {
    INS_PROCESS_SCRIPT = 0xA0,
    P1_LAST = 0x80,
    TAG_CERTIFICATE = 0x7F21,
    TAG_FRAME_60 = 0x60,
    TAG_AUTHENTICATION = 0x41,
    TAG_NUMBER = 0x81,
    TAG_DIGEST = 0x90,
    TAG_SIGNATURE = 0x5F37,
    TAG_COMMAND = 0x40,
    NUMBER_LEN = 4,
    COMMAND_MIN = 4
};

static enum tsm_err digest_of(struct bytes data, uint8_t out[SEMS_DIGEST])
{
    uint8_t room[HASH_LEN_MAX];
    size_t n;
    TRY(hash_parts(HASH_SHA256, &data, 1, room));
    return bytes_keep(BYTES_OF(room, SEMS_DIGEST), out, SEMS_DIGEST, &n);
}

/* The data of the commands, by their digests from the last to the first. */
static enum tsm_err chain(const struct sems_script *s, uint8_t (*next)[SEMS_DIGEST])
{
    uint8_t room[SEMS_DIGEST + SEMS_COMMAND_MAX];
    for (size_t i = s->commands; i-- > 0;) {
        struct writer w = WRITER(room);
        if (s->command[i].len < COMMAND_MIN || s->command[i].len > SEMS_COMMAND_MAX)
            return FAIL(TOO_LONG, "command %zu has %zu octets: a script takes %d to %d", i + 1,
                        s->command[i].len, COMMAND_MIN, SEMS_COMMAND_MAX);
        TRY(write_span(&w, BYTES_OF(next[i + 1], SEMS_DIGEST)));
        TRY(write_span(&w, s->command[i]));
        TRY(digest_of(written(&w), next[i]));
    }
    return TSM_OK;
}

static enum tsm_err write_authentication(const struct sems_script *s, const struct sems_signer *writer,
                                         const uint8_t first[SEMS_DIGEST], struct writer *w)
{
    uint8_t number[NUMBER_LEN], digest[SEMS_DIGEST], signature[SEMS_SIGNATURE];
    struct writer n = WRITER(number);
    size_t outer, inner, from;
    TRY(write_u32(&n, s->number));
    TRY(tlv_open(w, TAG_FRAME_60, &outer));
    TRY(tlv_open(w, TAG_AUTHENTICATION, &inner));
    from = w->len;
    TRY(tlv_write(w, TAG_NUMBER, written(&n)));
    TRY(tlv_write(w, TAG_DIGEST, BYTES_OF(first, SEMS_DIGEST)));
    TRY(digest_of(written_since(w, from), digest));
    TRY(writer->sign(writer->self, digest, signature));
    TRY(tlv_write(w, TAG_SIGNATURE, BYTES(signature)));
    TRY(tlv_close(w, inner));
    return tlv_close(w, outer);
}

static enum tsm_err write_command(const struct sems_script *s, size_t i, const uint8_t next[SEMS_DIGEST],
                                  struct writer *w)
{
    size_t frame, mark;
    TRY(tlv_open(w, TAG_COMMAND, &frame));
    TRY(command_open(w, INS_PROCESS_SCRIPT, i + 1 == s->commands ? P1_LAST : 0, 0, &mark));
    TRY(write_span(w, BYTES_OF(next, SEMS_DIGEST)));
    TRY(write_span(w, s->command[i]));
    TRY(command_close(w, mark, APDU_LE_NONE));
    return tlv_close(w, frame);
}

enum tsm_err sems_write(const struct sems_script *s, const struct sems_signer *writer, struct writer *out)
{
    struct writer at = *out;
    struct sems_certificate c;
    uint8_t next[SEMS_COMMANDS_MAX + 1][SEMS_DIGEST];
    if (s->commands == 0)
        return FAIL(BAD_VALUE, "a script has at least one command");
    NEED(s->commands <= SEMS_COMMANDS_MAX, TOO_LONG);
    TRY(sems_certificate_read(s->certificate, &c));
    explicit_bzero(next[s->commands], SEMS_DIGEST);
    TRY(chain(s, next));
    TRY(write_span(&at, s->certificate));
    TRY(write_authentication(s, writer, next[0], &at));
    for (size_t i = 0; i < s->commands; i++)
        TRY(write_command(s, i, next[i + 1], &at));
    *out = at;
    return TSM_OK;
}

static enum tsm_err next_frame(struct reader *r, uint32_t tag, struct tlv *out)
{
    TRY(tlv_next(r, out));
    return out->tag == tag
               ? TSM_OK
               : FAIL(BAD_VALUE, "frame %X comes where %X is due", (unsigned)out->tag, (unsigned)tag);
}

static enum tsm_err object(struct reader *r, uint32_t tag, size_t len, struct bytes *out)
{
    struct tlv t;
    TRY(next_frame(r, tag, &t));
    NEED(t.value.len == len, BAD_LENGTH);
    *out = t.value;
    return TSM_OK;
}

/* Certificate by the root, number and first digest by the writer that it certifies. */
static enum tsm_err read_authentication(struct sems_reader *r, struct bytes frame)
{
    struct reader outer = READER(frame), inner;
    struct tlv a;
    struct bytes number, digest, signature, covered;
    uint8_t of[SEMS_DIGEST];
    size_t n;
    SIGN_KEY writer = {0};
    TRY(next_frame(&outer, TAG_AUTHENTICATION, &a));
    TRY(read_end(&outer));
    inner = READER(a.value);
    TRY(object(&inner, TAG_NUMBER, NUMBER_LEN, &number));
    TRY(object(&inner, TAG_DIGEST, SEMS_DIGEST, &digest));
    TRY(bytes_part(a.value, 0, a.value.len - inner.left.len, &covered));
    TRY(object(&inner, TAG_SIGNATURE, SEMS_SIGNATURE, &signature));
    TRY(read_end(&inner));
    TRY(sign_key_ec(r->certificate.point, BYTES_NONE, &writer));
    TRY(digest_of(covered, of));
    TRY(sign_check(&writer, (struct sign_how){SIGN_ECDSA, HASH_SHA256}, BYTES(of), signature));
    TRY(read_u32(&READER(number), &r->number));
    return bytes_keep(digest, r->expected, sizeof r->expected, &n);
}

enum tsm_err sems_open(struct bytes script, const struct sign_key *root, struct sems_reader *out)
{
    struct sems_reader r = {.frames = READER(script), .root = root};
    struct tlv certificate, authentication;
    TRY(next_frame(&r.frames, TAG_CERTIFICATE, &certificate));
    TRY(sems_certificate_check(certificate.whole, root));
    TRY(sems_certificate_read(certificate.whole, &r.certificate));
    TRY(next_frame(&r.frames, TAG_FRAME_60, &authentication));
    TRY(read_authentication(&r, authentication.value));
    *out = r;
    return TSM_OK;
}

enum tsm_err sems_next(struct sems_reader *r, struct sems_command *out)
{
    struct sems_reader at = *r;
    struct reader data;
    struct tlv frame;
    struct apdu a;
    static const uint8_t no_more[SEMS_DIGEST];
    uint8_t digest[SEMS_DIGEST];
    if (r->last) {
        TRY(read_end(&r->frames));
        return FAIL(NOT_FOUND, "no more commands");
    }
    TRY(next_frame(&at.frames, TAG_COMMAND, &frame));
    TRY(apdu_read(frame.value, &a));
    NEED(a.cla == CLA_GP && a.ins == INS_PROCESS_SCRIPT && a.p2 == 0, BAD_VALUE);
    NEED(a.p1 == 0 || a.p1 == P1_LAST, BAD_VALUE);
    TRY(digest_of(a.data, digest));
    if (!bytes_equal(BYTES(digest), BYTES(at.expected)))
        return FAIL(MAC_WRONG, "a command is not the one that was signed");
    data = READER(a.data);
    TRY(read_copy(&data, SEMS_DIGEST, at.expected));
    at.last = a.p1 == P1_LAST;
    if (at.last != bytes_equal(BYTES(at.expected), BYTES(no_more)))
        return FAIL(MAC_WRONG, "the script does not end where it was signed to end");
    out->frame = frame.value;
    out->plain = data.left;
    *r = at;
    return TSM_OK;
}
