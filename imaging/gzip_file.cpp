#include "imaging/gzip_file.h"

#include <algorithm>

namespace corticoil::imaging {

std::size_t read_bytes(gzFile file, unsigned char* target, std::size_t n) {
    std::size_t done = 0;
    while (done < n) {
        const int got = gzread(file, target + done, static_cast<unsigned>(std::min(n - done, piece_bytes)));
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

} // namespace corticoil::imaging
