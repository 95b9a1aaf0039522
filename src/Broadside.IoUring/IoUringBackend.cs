using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>Channels over Linux io_uring, a ring each. Needs Linux 6.8 and leave to use it: see <see cref="IsSupported"/>.</summary>
/// <remarks>
/// The channels of one backend that listen on the same endpoint have a listening socket each (<c>SO_REUSEPORT</c>), among which the
/// kernel spreads connections (<see cref="IoUringOptions.Steering"/>); Unix-domain ones share a socket. Safe for use from any thread.
/// </remarks>
public sealed class IoUringBackend : ChannelBackend
{
    private readonly IoUringOptions _options;
    private readonly Dictionary<Arena, RecordFile?> _files = [];

    /// <summary>Creates the backend.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <exception cref="PlatformNotSupportedException">io_uring cannot be used here; the message names the missing piece.</exception>
    public IoUringBackend(IoUringOptions? options = null)
    {
        if (!IsSupported(out var reason))
        {
            throw new PlatformNotSupportedException(reason);
        }

        _options = options ?? new IoUringOptions();
        ListeningSockets = new ListeningSockets(_options.Steering);
    }

    /// <inheritdoc/>
    public override string Name => "iouring";

    /// <summary>The endpoints its channels listen on.</summary>
    internal ListeningSockets ListeningSockets { get; }

    /// <summary>Whether io_uring can be used here.</summary>
    /// <param name="reason">Why not: what is missing, forbidden or used up. Empty when it can.</param>
    public static bool IsSupported(out string reason)
    {
        reason = IoUringSupport.Obstacle ?? string.Empty;
        return reason.Length == 0;
    }

    /// <inheritdoc/>
    public override IoChannel CreateChannel(ChannelSettings settings) => new IoUringChannel(this, settings, _options, FileOf(settings));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_files)
        {
            foreach (var file in _files.Values)
            {
                file?.Dispose();
            }

            _files.Clear();
        }

        base.Dispose(disposing);
    }

    private RecordFile? FileOf(ChannelSettings settings)
    {
        if (_options.LargeRecords != LargeRecordStrategy.File)
        {
            return null;
        }

        lock (_files)
        {
            if (!_files.TryGetValue(settings.Arena, out var file))
            {
                file = RecordFile.TryCreate(settings.Arena, out var error);
                _files.Add(settings.Arena, file);
                if (file is null)
                {
                    IoUringLog.FileUnavailable(settings.Logger, Errno.ToSocketError(error).ToString());
                }
            }

            return file;
        }
    }
}
