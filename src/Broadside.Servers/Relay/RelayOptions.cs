using System.Net;

namespace Broadside.Relay;

/// <summary>How a relay is set up.</summary>
public sealed record RelayOptions
{
    /// <summary>Redis's port.</summary>
    public const int DefaultPort = 6379;

    /// <summary>Where it listens. Default 127.0.0.1:6379.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; init; } = [new IPEndPoint(IPAddress.Loopback, DefaultPort)];

    /// <summary>What clients must give to AUTH or HELLO, as user <c>default</c>. Null, the default: nothing.</summary>
    public string? Password { get; init; }

    /// <summary>Allows clients from other machines without a password. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>What happens to a subscriber that lags further than <see cref="MaximumLag"/>; to wait holds its publishers back instead.</summary>
    public SlowMemberPolicy SlowMembers { get; init; }

    /// <summary>How far a subscriber may lag on one channel or pattern, in bytes. Default 64 MiB.</summary>
    public long MaximumLag { get; init; } = 64L << 20;

    /// <summary>Under <see cref="SlowMemberPolicy.Wait"/>: how long a publisher is held back before those in its way are disconnected. Default 5 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest command, and so the largest message, in bytes. Default 8 MiB.</summary>
    public int MaximumRecord { get; init; } = 8 << 20;

    /// <summary>How many clients may be connected; more are told so and closed. Default 10,000.</summary>
    public int MaximumConnections { get; init; } = 10_000;

    /// <summary>How long a client without subscriptions may send no command until it is closed. Default zero: for ever.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>Throws where the options contradict each other or would open the relay to everybody.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfZero(EndPoints.Count, nameof(EndPoints));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumRecord, RelayLimits.SmallestMaximumRecord, nameof(MaximumRecord));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumConnections, nameof(MaximumConnections));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WaitTimeout, TimeSpan.Zero, nameof(WaitTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(IdleTimeout, TimeSpan.Zero, nameof(IdleTimeout));
        if (MaximumLag < MaximumRecord + RelayLimits.MessageOverhead)
        {
            throw new ArgumentException(
                $"{nameof(MaximumLag)} ({MaximumLag:N0} bytes) must exceed {nameof(MaximumRecord)} ({MaximumRecord:N0} bytes) by {RelayLimits.MessageOverhead:N0} bytes, or the largest message could not be sent.");
        }

        if (Password is { Length: 0 })
        {
            throw new ArgumentException("The password is empty: leave it out to have none.");
        }

        if (Password is null && !Insecure && EndPoints.FirstOrDefault(static endPoint => !IsLocal(endPoint)) is { } open)
        {
            throw new ArgumentException(
                $"{open} can be reached from other machines: set a password, or allow access without one by {nameof(Insecure)}.");
        }
    }

    private static bool IsLocal(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint address => IPAddress.IsLoopback(address.Address),
        DnsEndPoint name => name.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => endPoint.AddressFamily == System.Net.Sockets.AddressFamily.Unix,
    };
}
