/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's card as another process. Test code. */
#include "lab_card.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ec/pem.h"
#include "gp/apdu/ins.h"
#include "gp/apdu/transport.h"

enum { POWER_ON = 1, LINE_ROOM = 64, FILE_ROOM = 8192, FRAME_HEAD = 2, LEVEL = 0x33 };

static const uint8_t factory[] = {0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
                                  0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F};

static char *path_of(const struct lab_card *c, const char *name, char out[LAB_PATH])
{
    snprintf(out, LAB_PATH, "%.200s/%.40s", c->dir, name);
    return out;
}

static void write_authority(struct lab_card *c)
{
    char path[LAB_PATH];
    FILE *f = fopen(path_of(c, "oce.pem", path), "w");
    assert_non_null(f);
    c->authority = EVP_EC_gen("P-256");
    assert_non_null(c->authority);
    assert_int_equal(PEM_write_PUBKEY(f, c->authority), 1);
    fclose(f);
}

static void run_card(const struct lab_card *c, const char *program, int out)
{
    char oce[LAB_PATH], card[LAB_PATH];
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails does not get to lab_end */
    dup2(out, STDOUT_FILENO);
    execl(program, program, "card", "--listen", "0", "--scp", "scp11b", "--casd", "--oce-ca",
          path_of(c, "oce.pem", oce), "--card-ca", path_of(c, "card.pem", card), (char *)NULL);
    _exit(EXIT_FAILURE);
}

/* "listening 127.0.0.1:PORT" */
static uint16_t read_port(int fd)
{
    char line[LINE_ROOM] = "";
    size_t n = 0;
    while (n + 1 < sizeof line && !memchr(line, '\n', n)) {
        ssize_t got = read(fd, &line[n], sizeof line - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_non_null(strrchr(line, ':'));
    return (uint16_t)atoi(strrchr(line, ':') + 1);
}

static void write_frame(struct lab_card *c, struct bytes b)
{
    uint8_t frame[FRAME_HEAD + APDU_MAX];
    struct writer w = WRITER(frame);
    assert_ok(write_u16(&w, (unsigned)b.len));
    assert_ok(write_span(&w, b));
    assert_int_equal(write(c->fd, frame, w.len), (ssize_t)w.len);
}

static void read_exactly(struct lab_card *c, uint8_t *to, size_t n)
{
    while (n) {
        ssize_t got = read(c->fd, to, n);
        assert_true(got > 0);
        to += got;
        n -= (size_t)got;
    }
}

static struct bytes read_frame(struct lab_card *c, uint8_t *room, size_t cap)
{
    uint8_t head[FRAME_HEAD];
    size_t n;
    read_exactly(c, head, sizeof head);
    n = (size_t)(head[0] << 8 | head[1]);
    assert_true(n <= cap);
    read_exactly(c, room, n);
    return BYTES_OF(room, n);
}

static void connect_to(struct lab_card *c, uint16_t port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const uint8_t on = POWER_ON;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(c->fd, (struct sockaddr *)&at, sizeof at), 0);
    write_frame(c, BYTES_OF(&on, 1));
}

static void read_ca(struct lab_card *c)
{
    uint8_t text[FILE_ROOM], der_room[FILE_ROOM];
    struct writer der = WRITER(der_room), point = WRITER(c->ca_room);
    struct gp_certificate ca;
    char path[LAB_PATH];
    FILE *f = fopen(path_of(c, "card.pem", path), "r");
    struct bytes left = BYTES_OF(text, 0);
    assert_non_null(f);
    left.len = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_ok(pem_next(&left, "CERTIFICATE", &der));
    assert_ok(certificate_read(written(&der), &ca));
    assert_ok(write_span(&point, ca.key.point));
    c->ca = (struct ec_public){ca.key.curve, written(&point)};
}

void lab_start(struct lab_card *c)
{
    const char *program = getenv("TSM_LAB");
    int out[2];
    memset(c, 0, sizeof *c);
    if (!program || access(program, X_OK) != 0)
        skip();
    snprintf(c->dir, sizeof c->dir, "/tmp/opentsm-casd-XXXXXX");
    assert_non_null(mkdtemp(c->dir));
    write_authority(c);
    assert_ok(crypto_new(&c->crypto));
    assert_int_equal(pipe(out), 0);
    c->pid = fork();
    if (c->pid == 0)
        run_card(c, program, out[1]);
    close(out[1]);
    connect_to(c, read_port(out[0]));
    close(out[0]);
    read_ca(c);
}

void lab_end(struct lab_card *c)
{
    static const char *const files[] = {"oce.pem", "card.pem"};
    char path[LAB_PATH];
    close(c->fd);
    kill(c->pid, SIGTERM);
    waitpid(c->pid, NULL, 0);
    for (size_t n = 0; n < sizeof files / sizeof files[0]; n++)
        unlink(path_of(c, files[n], path));
    rmdir(c->dir);
    EVP_PKEY_free(c->authority);
    crypto_free(c->crypto);
    memset(c, 0, sizeof *c);
}

static struct bytes carry(struct lab_card *c, struct bytes capdu)
{
    struct writer joined = WRITER(c->raw);
    struct transport t;
    struct bytes send = capdu;
    transport_begin(&t, capdu, &joined);
    while (send.len) {
        uint8_t room[APDU_SHORT_MAX];
        write_frame(c, send);
        assert_ok(transport_step(&t, read_frame(c, room, sizeof room), &send));
    }
    return written(&joined);
}

void lab_send(struct lab_card *c, const struct apdu *plain, struct rapdu *out)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room), opened = WRITER(c->plain);
    struct channel_expect expect;
    if (!c->open) {
        assert_ok(apdu_write(plain, &w));
        assert_ok(rapdu_read(carry(c, written(&w)), out));
        return;
    }
    assert_ok(channel_wrap(&c->channel, &c->session, plain, &w, &expect));
    assert_ok(channel_unwrap(&c->channel, &c->session, &expect, carry(c, written(&w)), &opened, &out->sw));
    out->data = written(&opened);
}

void lab_select(struct lab_card *c, struct bytes aid)
{
    struct rapdu answer;
    c->open = false;
    lab_send(c, &(struct apdu){.cla = CLA_ISO, .ins = INS_SELECT, .p1 = 4, .data = aid, .le = 0}, &answer);
    assert_int_equal(answer.sw, SW_OK);
}

enum tsm_err lab_open(struct lab_card *c)
{
    static const uint8_t host[S8_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct cipher_key key;
    struct static_keys keys;
    struct init_update iu;
    struct rapdu answer;
    assert_ok(channel_start(0, BYTES(host), &w));
    assert_ok(rapdu_read(carry(c, written(&w)), &answer));
    NEED(answer.sw == SW_OK, CARD_REFUSED);
    assert_ok(gp_init_update_read(answer.data, &iu));
    assert_ok(crypto_key(c->crypto, CIPHER_AES, BYTES(factory), &key));
    keys = (struct static_keys){key, key, key};
    TRY(channel_open(&iu, BYTES(host), &keys, LEVEL, &c->channel, &c->session));
    w = WRITER(room);
    assert_ok(channel_authenticate(&c->channel, &c->session, &w));
    assert_ok(rapdu_read(carry(c, written(&w)), &answer));
    assert_int_equal(answer.sw, SW_OK);
    c->open = true;
    return TSM_OK;
}
