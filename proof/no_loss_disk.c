/* Stands between a program and the files of one folder (LD_PRELOAD; NO_LOSS_FOLDER names it).
 *
 * NO_LOSS_LOG: every change of these files, and every sync, is written down in order, so that afterwards the disk can
 * be put together as it was at any moment, less what was not synced. NO_LOSS_FAULT names a file that holds an errno:
 * while it is there, every write fails with it, and a disk that takes no writes lets no file be opened for them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 65536
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static char *paths[MOST];
static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static const char *fault_path;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("NO_LOSS_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    fault_path = getenv("NO_LOSS_FAULT");
    const char *log = getenv("NO_LOSS_LOG");
    if (log) log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int ours(const char *path) {
    return folder && path && strncmp(path, folder, folder_length) == 0 && !strstr(path, "-shm");
}

static int fault(void) {
    char said[16] = {0};
    if (!fault_path) return 0;
    int fd = REAL(open)(fault_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t length = REAL(read)(fd, said, sizeof said - 1);
    REAL(close)(fd);
    return length > 0 ? atoi(said) : 0;
}

static int failing(const char *path) {
    int wrong = ours(path) ? fault() : 0;
    if (wrong) errno = wrong;
    return wrong;
}

/* One record: kind, length of the path, offset, length of the data; then the path and the data. */
static void note(char kind, const char *path, int64_t offset, const void *data, uint64_t length) {
    if (log_fd < 0) return;
    struct __attribute__((packed)) { char kind; uint32_t path; int64_t offset; uint64_t length; } head = {
        kind, (uint32_t)strlen(path), offset, data ? length : 0};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, head.length}};
    ssize_t done = REAL(writev)(log_fd, parts, data ? 3 : 2);
    (void)done;
}

static const char *path_of(int fd) { return fd >= 0 && fd < MOST ? paths[fd] : NULL; }

static int opened(int fd, const char *path, int flags) {
    if (fd < 0 || fd >= MOST) return fd;
    pthread_mutex_lock(&lock);
    free(paths[fd]);
    paths[fd] = ours(path) ? strdup(path) : NULL;
    if (paths[fd] && (flags & O_TRUNC)) note('t', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPENS(name)                                                                          \
    int name(const char *path, int flags, ...) {                                             \
        mode_t mode = 0;                                                                     \
        va_list more;                                                                        \
        va_start(more, flags);                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(more, mode_t);                      \
        va_end(more);                                                                        \
        if ((flags & (O_CREAT | O_TRUNC | O_RDWR | O_WRONLY)) && ours(path)) {               \
            struct stat there;                                                               \
            int wrong = fault(), forbidden = wrong == EROFS || wrong == EACCES;              \
            if (wrong && (forbidden || stat(path, &there) != 0 || (flags & O_TRUNC))) {      \
                errno = wrong;                                                               \
                return -1;                                                                   \
            }                                                                                \
        }                                                                                    \
        return opened(REAL(name)(path, flags, mode), path, flags);                           \
    }
OPENS(open)
OPENS(open64)

int close(int fd) {
    if (path_of(fd)) {
        pthread_mutex_lock(&lock);
        free(paths[fd]);
        paths[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return REAL(close)(fd);
}

#define WRITES(name, offset_type)                                                            \
    ssize_t name(int fd, const void *data, size_t length, offset_type offset) {              \
        if (!path_of(fd)) return REAL(name)(fd, data, length, offset);                       \
        if (failing(path_of(fd))) return -1;                                                 \
        pthread_mutex_lock(&lock);                                                           \
        ssize_t done = REAL(name)(fd, data, length, offset);                                 \
        if (done > 0) note('w', paths[fd], offset, data, (uint64_t)done);                    \
        pthread_mutex_unlock(&lock);                                                         \
        return done;                                                                         \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
    if (!path_of(fd)) return REAL(write)(fd, data, length);
    if (failing(path_of(fd))) return -1;
    pthread_mutex_lock(&lock);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = REAL(write)(fd, data, length);
    if (done > 0) note('w', paths[fd], offset, data, (uint64_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}

#define TRUNCATES(name, offset_type)                                                         \
    int name(int fd, offset_type length) {                                                   \
        if (path_of(fd) && failing(path_of(fd))) return -1;                                  \
        pthread_mutex_lock(&lock);                                                           \
        int done = REAL(name)(fd, length);                                                   \
        if (done == 0 && path_of(fd)) note('t', paths[fd], length, NULL, 0);                 \
        pthread_mutex_unlock(&lock);                                                         \
        return done;                                                                         \
    }
TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

#define SYNCS(name)                                                                          \
    int name(int fd) {                                                                       \
        if (path_of(fd) && failing(path_of(fd))) return -1;                                  \
        int done = REAL(name)(fd);                                                           \
        pthread_mutex_lock(&lock);                                                           \
        if (done == 0 && path_of(fd)) note('s', paths[fd], 0, NULL, 0);                      \
        pthread_mutex_unlock(&lock);                                                         \
        return done;                                                                         \
    }
SYNCS(fsync)
SYNCS(fdatasync)

int unlink(const char *path) {
    if (failing(path)) return -1;
    pthread_mutex_lock(&lock);
    int done = REAL(unlink)(path);
    if (done == 0 && ours(path)) note('u', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
