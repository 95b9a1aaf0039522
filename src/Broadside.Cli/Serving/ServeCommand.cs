using System.CommandLine;
using System.Net;
using Broadside.Cli.Options;
using Broadside.IoUring;
using Broadside.NetStack;
using Broadside.Relay;
using Microsoft.Extensions.Logging;

namespace Broadside.Cli.Serving;

/// <summary><c>broadside serve</c>: the relay.</summary>
internal sealed class ServeCommand : Command
{
    private static readonly RelayOptions Defaults = new();

    private readonly Option<IPAddress[]> _bind = Parsed.Addresses("--bind", IPAddress.Loopback, "Where to listen; may be repeated. Other than loopback needs a password. On netstack its addresses, unless this is given.");
    private readonly Option<int> _port = Parsed.Number("--port", Broadside.Relay.RelayOptions.DefaultPort, 0, 65535, "The port; 0: any that is free.");
    private readonly Option<string> _backend = new("--backend") { Description = "What carries the bytes: auto, iouring, sockets or netstack.", HelpName = "NAME", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _largeRecords = new Option<string>("--large-records") { Description = "How large messages get into the kernel, on iouring: copy, zerocopy (what is not sent yet takes no memory of its own) or file (nor do the receivers' buffers, on one machine)." }
        .AcceptOnlyFromAmong("copy", "zerocopy", "file");

    private readonly NetworkOptions _network = new();
    private readonly Option<int> _channels = Parsed.Number("--channels", Environment.ProcessorCount, 1, 1024, "How many threads serve, each its own connections; on netstack 1 unless this is given: the first does all that the device needs.");
    private readonly Option<bool> _pin = new("--pin") { Description = "Pin each thread to a processor." };
    private readonly PasswordOptions _password = new();
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Listen on other than loopback without a password." };
    private readonly Option<string> _slowMember = Parsed.Word(
        "--slow-member", "What happens to a subscriber that lags further than --max-lag; wait holds publishers back instead.", "disconnect", "drop-oldest", "wait");

    private readonly Option<ByteSize> _maximumLag = Parsed.Size("--max-lag", new(Defaults.MaximumLag), "How far a subscriber may lag on one channel.");
    private readonly Option<ByteSize> _maximumRecord = Parsed.Size("--max-record", new(Defaults.MaximumRecord), "The largest command, and so the largest message.");
    private readonly Option<int> _maximumConnections = Parsed.Number("--max-connections", Defaults.MaximumConnections, 1, int.MaxValue, "How many clients may be connected.");
    private readonly Option<Duration> _idleTimeout = Parsed.Time("--idle-timeout", new(Defaults.IdleTimeout), "How long a client without subscriptions may stay silent; 0: for ever.");
    private readonly Option<ByteSize> _memory = Parsed.Size("--memory", new(new ArenaOptions().MaximumBytes), "What messages and buffers may take in all.");
    private readonly Option<Duration> _drainTimeout = Parsed.Time("--drain-timeout", new(TimeSpan.FromSeconds(5)), "How long clients may take to receive what is pending at the end.");
    private readonly Option<string> _logLevel = Parsed.Word(
        "--log-level", "The least severe events to log.", "info", "trace", "debug", "warn", "error", "none");

    public ServeCommand()
        : base("serve", "Serves the relay: publish/subscribe for any Redis client. SIGTERM or SIGINT drains and ends it, a second one ends it at once.")
    {
        Options.Add(_bind);
        Options.Add(_port);
        Options.Add(_backend);
        Options.Add(_largeRecords);
        _network.AddTo(this);
        Options.Add(_channels);
        Options.Add(_pin);
        _password.AddTo(this);
        Options.Add(_insecure);
        Options.Add(_slowMember);
        Options.Add(_maximumLag);
        Options.Add(_maximumRecord);
        Options.Add(_maximumConnections);
        Options.Add(_idleTimeout);
        Options.Add(_memory);
        Options.Add(_drainTimeout);
        Options.Add(_logLevel);
        SetAction((parsed, _) => RelayHost.RunAsync(Read(parsed), parsed.InvocationConfiguration.Output));
    }

    /// <summary>What the command line says.</summary>
    public ServeSettings Read(ParseResult parsed)
    {
        var maximumRecord = parsed.GetValue(_maximumRecord);
        if (maximumRecord.Bytes > int.MaxValue)
        {
            throw new CliException(ExitCodes.Usage, "--max-record can be 2 GiB less one byte at most.");
        }

        var ioUring = LargeRecords(parsed.GetValue(_largeRecords));
        var backend = Backend(parsed.GetValue(_backend)!, ioUring);
        var netStack = _network.Read(parsed, backend);
        return new ServeSettings
        {
            Backend = backend,
            IoUring = ioUring,
            NetStack = netStack,
            Channels = netStack is null || IsGiven(parsed, _channels) ? parsed.GetValue(_channels) : 1,
            PinThreads = parsed.GetValue(_pin),
            Memory = parsed.GetValue(_memory),
            DrainTimeout = parsed.GetValue(_drainTimeout),
            LogLevel = Level(parsed.GetValue(_logLevel)!),
            Relay = new RelayOptions
            {
                EndPoints = [.. Bound(parsed, netStack).Select(address => new IPEndPoint(address, parsed.GetValue(_port)))],
                Password = _password.Read(parsed),
                Insecure = parsed.GetValue(_insecure),
                SlowMembers = Policy(parsed.GetValue(_slowMember)!),
                MaximumLag = parsed.GetValue(_maximumLag).Bytes,
                MaximumRecord = (int)maximumRecord.Bytes,
                MaximumConnections = parsed.GetValue(_maximumConnections),
                IdleTimeout = parsed.GetValue(_idleTimeout).Value,
            },
        };
    }

    private IEnumerable<IPAddress> Bound(ParseResult parsed, NetStackOptions? netStack) => netStack is null || IsGiven(parsed, _bind)
        ? parsed.GetValue(_bind)!
        : netStack.Addresses.Select(own => own.Address);

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static IoUringOptions? LargeRecords(string? word) => word switch
    {
        null => null,
        "copy" => new IoUringOptions { LargeRecords = LargeRecordStrategy.Copy },
        "file" => new IoUringOptions { LargeRecords = LargeRecordStrategy.File },
        _ => new IoUringOptions { LargeRecords = LargeRecordStrategy.ZeroCopy, ZeroCopy = ZeroCopyPolicy.Memory },
    };

    // Whoever says how large records go out on io_uring wants io_uring, and is told why where it cannot be.
    private static string Backend(string word, IoUringOptions? ioUring) => (word, ioUring) switch
    {
        (_, null) => word,
        ("auto", _) => "iouring",
        ("sockets" or "netstack", _) => throw new CliException(ExitCodes.Usage, $"--large-records is for the backend iouring, not for {word}."),
        _ => word,
    };

    private static SlowMemberPolicy Policy(string word) => word switch
    {
        "drop-oldest" => SlowMemberPolicy.DropOldest,
        "wait" => SlowMemberPolicy.Wait,
        _ => SlowMemberPolicy.Disconnect,
    };

    private static LogLevel Level(string word) => word switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => LogLevel.Information,
    };
}
