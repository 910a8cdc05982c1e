/* SPDX-License-Identifier: Apache-2.0 */
/* The command pipe of a fleet: a line of it is a command, a line of standard output its answer.
 * Edge (no station). */
#include "fleet/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

void commands_stats(const struct commands *c)
{
    const struct drawer_count *n = &c->drawer->count;
    uint32_t cards = c->drawer->plan->cards;
    printf("{\"cards\":%u,\"touched\":%llu,\"frozen\":%llu,\"on_table\":%llu,\"taken_out\":%llu,\"put_back\":"
           "%llu,"
           "\"bytes\":%llu,\"bytes_per_card\":%.1f,\"apdus\":%llu}\n",
           cards, (unsigned long long)n->touched, (unsigned long long)n->frozen,
           (unsigned long long)n->on_table, (unsigned long long)n->out, (unsigned long long)n->back,
           (unsigned long long)n->bytes, (double)n->bytes / cards, (unsigned long long)c->door->commands);
}

static bool call_phone(struct commands *c, char *rest)
{
    char *at = NULL, *end;
    const char *place = strtok_r(rest, " ", &at), *url = strtok_r(NULL, " ", &at);
    const char *session = strtok_r(NULL, " ", &at);
    if (!c->phones || !session || strtok_r(NULL, " ", &at) || *place < '0' || *place > '9')
        return false;
    unsigned long n = strtoul(place, &end, 10);
    return *end == '\0' && n < c->drawer->plan->cards && phones_call(c->phones, (uint32_t)n, url, session);
}

static void run(struct commands *c, char *line)
{
    bool done = true;
    if (strcmp(line, "stats") == 0)
        commands_stats(c);
    else if (strcmp(line, "rest") == 0)
        drawer_rest(c->drawer, 0);
    else if (strcmp(line, "quit") == 0)
        loop_stop(c->loop);
    else
        done = strncmp(line, "phone ", 6) == 0 && call_phone(c, line + 6);
    if (!done)
        printf("refused %s\n", line);
    fflush(stdout);
}

static void take_lines(struct commands *c)
{
    char *newline;
    while ((newline = memchr(c->line, '\n', c->len))) {
        size_t n = (size_t)(newline - c->line) + 1;
        *newline = '\0';
        run(c, c->line);
        c->len -= n;
        memmove(c->line, c->line + n, c->len);
    }
}

static void on_input(struct watch *w, uint32_t events)
{
    struct commands *c = w->owner;
    (void)events;
    ssize_t n = read(w->fd, c->line + c->len, sizeof c->line - c->len);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n > 0) {
        c->len += (size_t)n;
        take_lines(c);
    }
    if (n <= 0 || c->len == sizeof c->line) /* the end, or a line without one */
        commands_close(c);
}

/* A named pipe is opened for writing too, so that it outlives those who write into it. */
bool commands_open(struct commands *c, const char *pipe)
{
    int fd = STDIN_FILENO;
    if (pipe && mkfifo(pipe, 0600) != 0 && errno != EEXIST)
        return false;
    if (pipe)
        fd = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    c->input = (struct watch){.fd = fd, .owner = c, .ready = on_input};
    if (fd >= 0 && loop_watch(c->loop, &c->input, EPOLLIN))
        return true;
    c->input.owner = NULL;
    if (pipe && fd >= 0)
        close(fd);
    return false;
}

void commands_close(struct commands *c)
{
    if (!c->input.owner)
        return;
    loop_forget(c->loop, &c->input);
    if (c->input.fd != STDIN_FILENO)
        close(c->input.fd);
    c->input.owner = NULL;
}
