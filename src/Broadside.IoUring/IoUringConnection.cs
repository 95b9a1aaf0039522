using System.Net;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>A connection over a direct descriptor: its life from accept or connect to the last callback.</summary>
/// <remarks>
/// An idle connection has one receive pending, which holds no buffer, and no other memory than this object. What it needs only while
/// it opens, sends or ends is rented then.
/// </remarks>
internal sealed partial class IoUringConnection : ChannelConnection, ICompletionTarget
{
    private readonly TransportOptions _transport;
    private readonly ulong _key;
    private OpeningOperation? _opening;
    private SendOperation? _send;
    private Ending? _ending;
    private EndPoint? _local;
    private EndPoint? _remote;
    private int _file = -1;
    private int _unreleased;
    private State _state;

    public IoUringConnection(IoUringChannel channel, TransportOptions transport)
        : base(channel)
    {
        _transport = transport;
        _key = channel.Operations.Add(this);
    }

    [Flags]
    private enum State
    {
        None = 0,

        /// <summary>Connected; sending and receiving may begin.</summary>
        Established = 1 << 0,

        /// <summary>A receive is pending.</summary>
        Receiving = 1 << 1,

        /// <summary>The pending receive fills the caller's extent.</summary>
        Filling = 1 << 2,

        /// <summary>The pending receive goes on until it is cancelled.</summary>
        Multishot = 1 << 3,

        /// <summary>The pending receive is being cancelled.</summary>
        Canceling = 1 << 4,

        /// <summary>Receiving is paused.</summary>
        Paused = 1 << 5,

        /// <summary>The peer's end was received, but not reported yet.</summary>
        EndReceived = 1 << 6,

        /// <summary>The peer has ended its direction.</summary>
        PeerClosed = 1 << 7,

        /// <summary>This side's direction is to end after the pending send.</summary>
        ShuttingDown = 1 << 8,

        /// <summary>This side's direction has ended.</summary>
        ShutDown = 1 << 9,

        /// <summary>The end of this side's direction is under way.</summary>
        ShutdownPending = 1 << 10,

        /// <summary>A graceful close has begun.</summary>
        Closing = 1 << 11,

        /// <summary>Over; the last callbacks follow.</summary>
        Ended = 1 << 12,

        /// <summary>The peer is to see a reset.</summary>
        Resetting = 1 << 13,

        /// <summary>The last callback was made.</summary>
        Closed = 1 << 14,

        /// <summary>In the channel's queue of connections with something to report.</summary>
        Queued = 1 << 15,

        /// <summary>In the channel's queue of connections whose receiving has to be adjusted.</summary>
        Adjusting = 1 << 16,

        /// <summary>Waits for a buffer to receive into.</summary>
        Starved = 1 << 17,

        /// <summary>Has received before.</summary>
        Warm = 1 << 18,

        /// <summary>The latest bytes went into an extent: the next may as well.</summary>
        Large = 1 << 19,

        /// <summary>The kernel said that more bytes wait.</summary>
        NonEmpty = 1 << 20,

        /// <summary>A receive into an extent ended before that was full: whether by the peer's end or a reset is to be found out.</summary>
        Interrupted = 1 << 22,

        /// <summary>Sends by copying from now on.</summary>
        Copying = 1 << 21,

        /// <summary>The end of the connection is waited for beside a multishot receive.</summary>
        Watching = 1 << 23,

        /// <summary>That wait has ended: nothing but what was received before is to come.</summary>
        HungUp = 1 << 24,

        /// <summary>Over TCP; the other kind is Unix-domain.</summary>
        Tcp = 1 << 25,
    }

    /// <summary>The channel, as what it is.</summary>
    public IoUringChannel Owner => (IoUringChannel)Channel;

    /// <summary>The connection's place in its channel's list.</summary>
    public int Index { get; set; }

    public override EndPoint? LocalEndPoint => _local;

    public override EndPoint? RemoteEndPoint => _remote;

    /// <summary>The channel's turn for a connection in its queue.</summary>
    public void OnReady()
    {
        _state &= ~State.Queued;
        if (_opening is { Pending: 0 })
        {
            OnOpened();
        }
        else if (Is(State.Ended))
        {
            TryFinish();
        }
        else
        {
            ResumeFile();
            DeliverBacklog();
        }
    }

    public void OnCompletion(OperationKind kind, in CompletionEntry completion)
    {
        switch (kind)
        {
            case OperationKind.Receive:
                OnReceive(completion);
                break;
            case OperationKind.Watch:
                OnWatch(completion.Result);
                break;
            case OperationKind.InstallFile:
                OnInstalledForShutdown(completion.Result);
                break;
            case OperationKind.Shutdown:
                OnShutdown(completion.Result);
                break;
            case OperationKind.Cancel:
                // What was to be cancelled had ended, or, being linked, had not begun.
                CancelReceive();
                break;
        }
    }

    private bool IsTcp => Is(State.Tcp);

    private bool Is(State any) => (_state & any) != 0;

    private ulong Key(OperationKind kind) => OperationTable.Key(_key, kind);

    private void Enqueue()
    {
        if (!Is(State.Queued))
        {
            _state |= State.Queued;
            Owner.Ready.Add(this);
        }
    }
}
