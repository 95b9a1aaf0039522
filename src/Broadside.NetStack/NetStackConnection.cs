using System.Net;
using Broadside.Channels;
using Broadside.NetStack.Network;
using Broadside.NetStack.Tcp;

namespace Broadside.NetStack;

/// <summary>A TCP connection as its channel's user sees it.</summary>
/// <remarks>
/// Callbacks are made in two places only, <see cref="OnEvents"/> and <see cref="OnReady"/>, which a turn of the channel calls: never from
/// within a call. Both look at how TCP's connection stands and report what is new.
/// </remarks>
internal sealed partial class NetStackConnection : ChannelConnection, ITcpUser
{
    private readonly TransportOptions _transport;
    private TcpConnection? _tcp;
    private Ending? _ending;
    private Flow _flow;
    private EndPoint? _local;
    private EndPoint? _remote;
    private volatile State _state;

    public NetStackConnection(NetStackChannel channel, TransportOptions transport)
        : base(channel)
    {
        _transport = transport;
    }

    [Flags]
    private enum State
    {
        None = 0,

        /// <summary>Both addresses are known.</summary>
        Named = 1,

        /// <summary>Connected; sending and receiving may begin.</summary>
        Established = 2,

        /// <summary>Receiving is paused.</summary>
        Paused = 4,

        /// <summary>The handler is being given bytes.</summary>
        Delivering = 8,

        /// <summary>The peer's end of stream was reported.</summary>
        PeerClosed = 16,

        /// <summary>This side's direction is to end.</summary>
        ShuttingDown = 32,

        /// <summary>A graceful close has begun.</summary>
        Closing = 64,

        /// <summary>Over; the last callbacks follow.</summary>
        Ended = 128,

        /// <summary>They have begun.</summary>
        Finishing = 256,

        /// <summary>The last callback was made.</summary>
        Closed = 512,

        /// <summary>In the channel's queue of connections with something to report.</summary>
        Queued = 1024,
    }

    /// <summary>The connection's place in its channel's list.</summary>
    public int Index { get; set; }

    public override EndPoint? LocalEndPoint =>
        _local ?? (Is(State.Named) ? _local = new IPEndPoint(_flow.Local.ToIPAddress(), _flow.LocalPort) : null);

    public override EndPoint? RemoteEndPoint =>
        _remote ?? (Is(State.Named) ? _remote = new IPEndPoint(_flow.Remote.ToIPAddress(), _flow.RemotePort) : null);

    private NetStackChannel Owner => (NetStackChannel)Channel;

    public void OnEvents(TcpConnection connection, TcpEvents events, TimeSpan now)
    {
        if ((events & TcpEvents.Established) != 0 && !Is(State.Ended))
        {
            Establish();
        }

        Report();
    }

    /// <summary>The channel's turn for a connection in its queue.</summary>
    public void OnReady()
    {
        _state &= ~State.Queued;
        Report();
    }

    private void Report()
    {
        if (_tcp is { } tcp && !Is(State.Ended))
        {
            ReportSending(tcp);
            DeliverReceived(tcp);
            ReportPeerClosed(tcp);
            EndIfOver(tcp);
        }

        if (Is(State.Ended))
        {
            TryFinish();
        }
    }

    private void Enqueue()
    {
        if (!Is(State.Queued))
        {
            _state |= State.Queued;
            Owner.Ready.Add(this);
        }
    }

    private bool Is(State any) => (_state & any) != 0;
}
