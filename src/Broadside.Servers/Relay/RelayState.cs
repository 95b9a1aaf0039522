using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Broadside.Relay;

/// <summary>What all clients of a relay share.</summary>
internal sealed class RelayState
{
    private readonly byte[]? _passwordHash;
    private long _received;
    private long _rejected;
    private int _connections;

    public RelayState(RecordEngine engine, RelayOptions options)
    {
        Engine = engine;
        Options = options;
        Password = options.Password;
        _passwordHash = options.Password is { } password ? SHA256.HashData(Encoding.UTF8.GetBytes(password)) : null;
        var groups = new GroupOptions { MaximumLag = options.MaximumLag, SlowMembers = options.SlowMembers, WaitTimeout = options.WaitTimeout };
        Topics = new TopicDirectory(engine, groups, CountSlowMember);
        Workers = [.. engine.Channels.Select(_ => new RelayWorker(engine.Arena, Topics))];
        Clock = engine.Channels[0].TimeProvider;
        StartedAt = Clock.GetTimestamp();
        Framer = Framers.RespCommands(options.MaximumRecord);
        UnauthenticatedFramer = Password is null
            ? Framer
            : Framers.RespCommands(Math.Min(options.MaximumRecord, RelayLimits.UnauthenticatedCommand));
    }

    public RecordEngine Engine { get; }

    public RelayOptions Options { get; }

    public string? Password { get; }

    public TopicDirectory Topics { get; }

    /// <summary>One for each channel.</summary>
    public RelayWorker[] Workers { get; }

    public TimeProvider Clock { get; }

    public long StartedAt { get; }

    /// <summary>Finds commands of any length allowed.</summary>
    public IRecordFramer Framer { get; }

    /// <summary>Finds commands of those who have not given the password.</summary>
    public IRecordFramer UnauthenticatedFramer { get; }

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; set; } = [];

    /// <summary>Cancelled when the relay stops.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Counts a client.</summary>
    /// <returns>False if there are too many; it is not counted then.</returns>
    public bool TryAdmit()
    {
        Interlocked.Increment(ref _received);
        if (Interlocked.Increment(ref _connections) <= Options.MaximumConnections)
        {
            return true;
        }

        Interlocked.Decrement(ref _connections);
        Interlocked.Increment(ref _rejected);
        return false;
    }

    public void Dismiss() => Interlocked.Decrement(ref _connections);

    /// <summary>Whether these are the credentials. Takes as long for those that are nearly right as for any other.</summary>
    public bool Accepts(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        if (!user.SequenceEqual("default"u8))
        {
            return false;
        }

        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, given);
        return _passwordHash is null || CryptographicOperations.FixedTimeEquals(given, _passwordHash);
    }

    /// <summary>The clients now, in the order in which they connected.</summary>
    public async Task<List<(RecordConnection Connection, RelayClient Client)>> ClientsAsync()
    {
        var clients = new List<(RecordConnection Connection, RelayClient Client)>();
        foreach (var connection in await Engine.ConnectionsAsync().ConfigureAwait(false))
        {
            if (connection.State is RelayClient client && ReferenceEquals(client.Relay, this))
            {
                clients.Add((connection, client));
            }
        }

        clients.Sort(static (left, right) => left.Connection.Id.CompareTo(right.Connection.Id));
        return clients;
    }

    /// <summary>
    /// The limits of a client's connection. What a subscriber may lag is the groups' business: over many of them it is bounded by the
    /// arena, unless it is to be disconnected anyway.
    /// </summary>
    public ConnectionOptions ConnectionOptions()
    {
        var defaults = new ConnectionOptions();
        return defaults with
        {
            MaximumDirectBytes = Math.Max(defaults.MaximumDirectBytes, 2L * Options.MaximumRecord),
            MaximumQueuedBytes = Options.SlowMembers == SlowMemberPolicy.Disconnect
                ? Math.Max(defaults.MaximumQueuedBytes, 2 * Options.MaximumLag)
                : long.MaxValue,
        };
    }

    public RelayStatistics Statistics() => new()
    {
        Connections = Volatile.Read(ref _connections),
        ConnectionsReceived = Volatile.Read(ref _received),
        ConnectionsRejected = Volatile.Read(ref _rejected),
        Channels = Topics.ChannelCount,
        Patterns = Topics.PatternCount,
        Commands = Sum(static counters => Volatile.Read(ref counters.Commands)),
        Published = Sum(static counters => Volatile.Read(ref counters.Published)),
        Deliveries = Sum(static counters => Volatile.Read(ref counters.Deliveries)),
        Withdrawn = Sum(static counters => Volatile.Read(ref counters.Withdrawn)),
        Refused = Sum(static counters => Volatile.Read(ref counters.Refused)),
        Waits = Sum(static counters => Volatile.Read(ref counters.Waits)),
        SlowDisconnected = Sum(static counters => Volatile.Read(ref counters.SlowDisconnected)),
        Dropped = Sum(static counters => Volatile.Read(ref counters.Dropped)),
    };

    private long Sum(Func<RelayCounters, long> value) => Workers.Sum(worker => value(worker.Counters));

    // On the member's channel.
    private void CountSlowMember(SlowMemberEvent slow)
    {
        var counters = Workers[slow.Member.Channel.Index].Counters;
        if (slow.Policy == SlowMemberPolicy.DropOldest)
        {
            counters.Dropped += slow.Records;
        }
        else
        {
            counters.SlowDisconnected++;
        }
    }
}
