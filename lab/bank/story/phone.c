/* SPDX-License-Identifier: Apache-2.0 */
/* The handset of an order as a child process: the story plays bank and phone, but they share nothing but the
 * session the server gave. Edge. */
#include "bank/story/story.h"

#include "handset/handset.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MS = 1000, LOST = -1, CANNOT_START = 127 };

/* What the phone says goes beside the evidence; it ends with its parent, whatever ends that. */
static _Noreturn void be_a_phone(const struct story *s, const struct customer *c, const json_t *seram)
{
    char log[STORY_MAX_PATH + 16];
    snprintf(log, sizeof log, "%s.handset.log", s->evidence);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        _exit(CANNOT_START);
    const char *argv[] = {"handset",
                          "--seram",
                          bank_text(seram, "url"),
                          "--session",
                          bank_text(seram, "session_id"),
                          "--se",
                          c->element,
                          "--se-id",
                          c->se_id,
                          "-v",
                          "--ca",
                          s->ca,
                          NULL};
    int argc = (int)(sizeof argv / sizeof argv[0]) - 1;
    int status = handset_main(s->ca ? argc : argc - 2, (char **)argv);
    fflush(NULL);
    _exit(status);
}

bool story_phone_start(const struct story *s, const struct customer *c, const json_t *seram,
                       struct phone *out)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        be_a_phone(s, c, seram);
    out->pid = pid > 0 ? pid : 0;
    return pid > 0;
}

bool story_phone_serves(const struct phone *p)
{
    siginfo_t ended = {0};
    if (!p->pid || waitid(P_PID, (id_t)p->pid, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0)
        return true;
    return ended.si_code == CLD_EXITED && ended.si_status == 0;
}

int story_phone_end(struct phone *p, int wait_s)
{
    int status = 0;
    struct pollfd ended = {.fd = pidfd_open(p->pid, 0), .events = POLLIN};
    bool by_itself = ended.fd >= 0 && poll(&ended, 1, wait_s * MS) == 1;
    if (!by_itself)
        kill(p->pid, SIGTERM);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (ended.fd >= 0)
        close(ended.fd);
    p->pid = 0;
    return by_itself && WIFEXITED(status) ? WEXITSTATUS(status) : LOST;
}
