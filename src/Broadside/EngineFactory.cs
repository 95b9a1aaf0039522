using Broadside.IoUring;

namespace Broadside;

/// <summary>Makes engines on the best backend the machine has.</summary>
public static class EngineFactory
{
    extension(RecordEngine)
    {
        /// <summary>Makes an engine and sets it running. The log tells which backend was chosen and why.</summary>
        /// <param name="options">How; null for the defaults.</param>
        /// <param name="backend">Which backend: <c>auto</c>, <c>iouring</c> or <c>sockets</c>. Null: what the environment variable <c>BROADSIDE_BACKEND</c> says, else <c>auto</c>.</param>
        /// <param name="ioUring">How io_uring works, where the engine runs on it; null for the defaults.</param>
        /// <exception cref="ArgumentException">There is no backend of that name.</exception>
        /// <exception cref="PlatformNotSupportedException">The backend asked for cannot be used here; the message names what is missing.</exception>
        public static RecordEngine Create(EngineOptions? options = null, string? backend = null, IoUringOptions? ioUring = null) =>
            BackendChoice.Choose(backend, ioUring).Start(options);
    }
}
