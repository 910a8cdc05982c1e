/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the programs under test: child processes read by line, and SMPP peers on blocking
 * sockets. */
#include "peer.h"

#include "smsc/smpp/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 40 };

/* ---- children ---- */

struct child child_start(const char *arguments)
{
    char copy[1024], *argv[MAX_ARGUMENTS] = {getenv("TSM_TEST_OTA_LAB")}, *rest = NULL;
    int argc = 1, pipes[2];
    struct child c = {0};
    assert_non_null(argv[0]);
    snprintf(copy, sizeof copy, "%s", arguments);
    for (char *word = strtok_r(copy, " ", &rest); word && argc < MAX_ARGUMENTS - 1;
         word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    assert_int_equal(pipe(pipes), 0);
    c.pid = fork();
    assert_true(c.pid >= 0);
    if (c.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nothing behind */
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(pipes[1]);
    c.out = pipes[0];
    return c;
}

const char *child_line(struct child *c, const char *prefix)
{
    size_t n = 0;
    struct pollfd p = {.fd = c->out, .events = POLLIN};
    for (;;) {
        if (n + 1 >= sizeof c->line || poll(&p, 1, PEER_PATIENCE_MS) != 1 ||
            read(c->out, c->line + n, 1) != 1)
            fail_msg("no line \"%s\" from the child", prefix);
        if (c->line[n] == '\n')
            break;
        n++;
    }
    c->line[n] = '\0';
    if (strncmp(c->line, prefix, strlen(prefix)) != 0)
        fail_msg("the child said \"%s\", not \"%s\"", c->line, prefix);
    return c->line + strlen(prefix);
}

void child_stop(struct child *c)
{
    int status = -1;
    if (c->pid <= 0)
        return;
    kill(c->pid, SIGTERM);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    close(c->out);
    c->pid = 0;
    assert_int_equal(status, 0);
}

int child_end(struct child c)
{
    int status = -1;
    assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
    close(c.out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct child smsc_start(const char *options, unsigned *port)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, "smsc --port 0 %s", options);
    struct child c = child_start(arguments);
    *port = (unsigned)strtoul(child_line(&c, "listening 127.0.0.1:"), NULL, 10);
    return c;
}

/* ---- peers ---- */

void peer_connect(struct peer *p, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    p->sequence = 0;
    assert_int_equal(connect(p->fd, (struct sockaddr *)&at, sizeof at), 0);
}

void peer_close(struct peer *p)
{
    close(p->fd);
    p->fd = -1;
}

void peer_send(struct peer *p, const uint8_t *pdu, size_t len)
{
    assert_int_equal(send(p->fd, pdu, len, MSG_NOSIGNAL), len);
}

static bool read_exactly(struct peer *p, uint8_t *at, size_t n)
{
    struct pollfd wait = {.fd = p->fd, .events = POLLIN};
    while (n > 0) {
        if (poll(&wait, 1, PEER_PATIENCE_MS) != 1)
            fail_msg("the other side is silent");
        ssize_t got = recv(p->fd, at, n, 0);
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

bool peer_read(struct peer *p)
{
    if (!read_exactly(p, p->pdu, SMPP_HEADER))
        return false;
    p->head = smpp_read_header(p->pdu);
    assert_in_range(p->head.length, SMPP_HEADER, PEER_MAX_PDU);
    p->len = p->head.length;
    return read_exactly(p, p->pdu + SMPP_HEADER, p->len - SMPP_HEADER);
}

void peer_expect(struct peer *p, uint32_t command)
{
    if (!peer_read(p))
        fail_msg("the connection ended instead of command %08X", command);
    if (p->head.command != command)
        fail_msg("command %08X instead of %08X", p->head.command, command);
}

bool peer_silent(struct peer *p, int ms)
{
    struct pollfd wait = {.fd = p->fd, .events = POLLIN};
    return poll(&wait, 1, ms) == 0;
}

uint32_t peer_bind(struct peer *p, uint32_t kind, const char *system_id, const char *range)
{
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD];
    struct smpp_bind b = {.password = "secret", .interface_version = SMPP_VERSION};
    bool handset = system_id == NULL;
    snprintf(b.system_id, sizeof b.system_id, "%.15s", handset ? range : system_id);
    snprintf(b.system_type, sizeof b.system_type, "%s", handset ? "handset" : "");
    snprintf(b.address_range, sizeof b.address_range, "%s", range);
    size_t n = smpp_write_bind(&b, ++p->sequence, pdu);
    put_u32(pdu + 4, kind);
    peer_send(p, pdu, n);
    peer_expect(p, kind | SMPP_RESPONSE);
    assert_int_equal(p->head.sequence, p->sequence);
    return p->head.status;
}

void handset_bind(struct peer *p, unsigned port, const char *msisdn)
{
    peer_connect(p, port);
    assert_int_equal(peer_bind(p, SMPP_BIND_TRANSCEIVER, NULL, msisdn), ESME_ROK);
}

void esme_bind(struct peer *p, unsigned port)
{
    peer_connect(p, port);
    assert_int_equal(peer_bind(p, SMPP_BIND_TRANSCEIVER, "tsm", "1234"), ESME_ROK);
}

struct smpp_message esme_message(const char *msisdn, const uint8_t *body, size_t len)
{
    struct smpp_message m = {.esm_class = ESM_UDHI, .protocol_id = 0x7F, .data_coding = 0xF6};
    m.registered_delivery = 1;
    snprintf(m.from.digits, sizeof m.from.digits, "1234");
    m.to.ton = m.to.npi = 1;
    snprintf(m.to.digits, sizeof m.to.digits, "%s", msisdn);
    m.body = body;
    m.body_len = len;
    return m;
}

uint32_t peer_submit(struct peer *p, const struct smpp_message *m, char *id)
{
    uint8_t pdu[PEER_MAX_PDU];
    struct smpp_answer a = {0};
    peer_send(p, pdu, smpp_write_message(SMPP_SUBMIT_SM, ++p->sequence, m, pdu));
    peer_expect(p, SMPP_SUBMIT_SM | SMPP_RESPONSE);
    assert_int_equal(p->head.sequence, p->sequence);
    assert_int_equal(smpp_read_answer(p->pdu, p->len, &a), ESME_ROK);
    if (id)
        memcpy(id, a.message_id, sizeof a.message_id);
    return p->head.status;
}

struct smpp_message peer_deliver(struct peer *p, uint32_t status, const uint8_t *report, size_t len)
{
    uint8_t pdu[SMPP_MAX_PDU_OVERHEAD + 256];
    struct smpp_message m;
    struct smpp_answer a = {.report = report, .report_len = len};
    peer_expect(p, SMPP_DELIVER_SM);
    assert_int_equal(smpp_read_message(p->pdu, p->len, &m), ESME_ROK);
    if (status != PEER_NO_ANSWER)
        peer_send(p, pdu, smpp_write_answer(&p->head, status, &a, pdu));
    return m;
}
