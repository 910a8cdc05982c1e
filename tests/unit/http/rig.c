/* SPDX-License-Identifier: Apache-2.0 */
/* A bench for the HTTP tests: sockets read with a patience that no sound run needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "handlers.h"
#include "rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct rig rig_start(const struct http_routes *routes, const struct http_tls *tls, struct http_limits limits)
{
    struct http_config config = {.address = "127.0.0.1",
                                 .tls = tls,
                                 .routes = routes,
                                 .n_routes = 1,
                                 .manners = handler_manners,
                                 .limits = limits};
    struct rig r;
    if (http_server_new(&config, &r.server) != TSM_OK)
        fail_msg("no server: %s", err_cause());
    assert_int_equal(http_server_start(r.server), TSM_OK);
    r.port = http_server_port(r.server);
    assert_true(r.port > 0);
    return r;
}

void rig_stop(struct rig *r)
{
    http_server_stop(r->server);
    r->server = NULL;
}

int rig_connect(const struct rig *r)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(r->port)};
    struct timeval patience = {.tv_sec = RIG_PATIENCE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

void rig_say(int fd, const char *text)
{
    size_t len = strlen(text);
    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

char *rig_hear_all(int fd)
{
    char *text = calloc(1, RIG_REPLY_MAX + 1);
    size_t len = 0;
    ssize_t n;
    assert_non_null(text);
    while (len < RIG_REPLY_MAX && (n = recv(fd, text + len, RIG_REPLY_MAX - len, 0)) > 0)
        len += (size_t)n;
    return text;
}

char *rig_hear_reply(int fd)
{
    char *text = calloc(1, RIG_REPLY_MAX + 1), *end = NULL, length[24] = "0";
    size_t len = 0;
    assert_non_null(text);
    while (!end || len < (size_t)(end + 4 - text) + strtoul(length, NULL, 10)) {
        assert_int_equal(recv(fd, text + len, 1, 0), 1);
        len++;
        if (!end && (end = strstr(text, "\r\n\r\n")))
            rig_field(text, "Content-Length", length, sizeof length);
    }
    return text;
}

char *rig_ask(const struct rig *r, const char *text)
{
    int fd = rig_connect(r);
    char *reply;
    rig_say(fd, text);
    reply = rig_hear_all(fd);
    close(fd);
    return reply;
}

int rig_status(const char *reply)
{
    int status = 0;
    return sscanf(reply, "HTTP/1.1 %3d ", &status) == 1 ? status : -1;
}

bool rig_field(const char *reply, const char *name, char *out, size_t cap)
{
    size_t n = strlen(name);
    for (const char *line = strstr(reply, "\r\n"); line && strncmp(line, "\r\n\r\n", 4);
         line = strstr(line + 2, "\r\n"))
        if (!strncasecmp(line + 2, name, n) && line[2 + n] == ':') {
            const char *value = line + 2 + n + 1 + strspn(line + 2 + n + 1, " ");
            snprintf(out, cap, "%.*s", (int)strcspn(value, "\r"), value);
            return true;
        }
    return false;
}

const char *rig_body(const char *reply)
{
    const char *end = strstr(reply, "\r\n\r\n");
    return end ? end + 4 : "";
}

bool rig_is_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}
