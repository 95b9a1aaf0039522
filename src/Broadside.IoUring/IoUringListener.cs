using System.Net;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>A channel's own listening socket, with one accept that goes on for ever, into direct descriptors.</summary>
internal sealed class IoUringListener : ChannelListener, ICompletionTarget
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly IoUringChannel _channel;
    private readonly TransportOptions _transport;
    private readonly ListeningSocket _socket;
    private readonly ulong _key;
    private readonly Retry _retry;
    private long _failuresSinceLogged;
    private long _loggedAt = long.MinValue;
    private bool _isAccepting;
    private bool _isClosed;

    public IoUringListener(IoUringChannel channel, EndPoint endPoint, ListenOptions options, IConnectionAcceptor acceptor)
    {
        _channel = channel;
        _transport = options.Transport;
        _socket = channel.Backend.ListeningSockets.Open(endPoint, options, channel.Processor);
        _key = channel.Operations.Add(this);
        _retry = new Retry(this);
        Acceptor = acceptor;
        Family = NativeAddress.Family(LocalEndPoint);
        IsWildcard = LocalEndPoint is IPEndPoint { Address: var address }
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
    }

    public IConnectionAcceptor Acceptor { get; }

    /// <summary>The address family's number.</summary>
    public int Family { get; }

    /// <summary>Whether each connection has an address of its own on this side.</summary>
    public bool IsWildcard { get; }

    public override EndPoint LocalEndPoint => _socket.LocalEndPoint;

    public void Start()
    {
        _isAccepting = true;
        ref var entry = ref _channel.Ring.Next();
        entry.Opcode = Opcode.Accept;
        entry.Modifiers = (ushort)AcceptFlags.Multishot;
        entry.File = _socket.File;
        entry.FileIndex = SubmissionEntry.AllocateFile;
        entry.UserData = OperationTable.Key(_key, OperationKind.Accept);
    }

    public void OnCompletion(OperationKind kind, in CompletionEntry completion)
    {
        if (kind == OperationKind.Cancel)
        {
            return;
        }

        _isAccepting = completion.HasMore;
        if (completion.Result >= 0)
        {
            Serve(completion.Result);
        }
        else if (!_isClosed)
        {
            OnFailed(-completion.Result);
        }

        if (_isClosed)
        {
            ReleaseIfIdle();
        }
        else if (!_isAccepting && !_retry.IsScheduled)
        {
            Start();
        }
    }

    public override void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _channel.Cancel(_retry);
        _channel.Backend.ListeningSockets.Leave(_socket);
        if (_isAccepting)
        {
            _channel.Cancel(_key, OperationKind.Accept);
        }

        ReleaseIfIdle();
    }

    /// <summary>Ends without the ring, once closed: a pending accept will not tell of its end.</summary>
    public void Abandon()
    {
        _isAccepting = false;
        ReleaseIfIdle();
    }

    private void Serve(int file)
    {
        if (_isClosed)
        {
            _channel.CloseFile(file, reset: true);
            return;
        }

        _channel.Counters.CountAccept();
        _channel.Add(_transport).Accept(file, this);
    }

    private void OnFailed(int error)
    {
        if (error is Errno.Canceled or Errno.Interrupted or Errno.Again or Errno.ConnectionAborted)
        {
            return;
        }

        // No descriptor or memory: the table is full, or the system is short of something. Closing connections mends it.
        _channel.Counters.CountAcceptFailure();
        _failuresSinceLogged++;
        if (_loggedAt == long.MinValue || _channel.TimeProvider.GetElapsedTime(_loggedAt, _channel.Now) >= TimeSpan.FromSeconds(1))
        {
            IoUringLog.AcceptFailed(_channel.Logger, LocalEndPoint, _failuresSinceLogged, Errno.ToSocketError(error).ToString());
            _loggedAt = _channel.Now;
            _failuresSinceLogged = 0;
        }

        _channel.Schedule(_retry, RetryAfter);
    }

    private void ReleaseIfIdle()
    {
        if (!_isAccepting)
        {
            _channel.Remove(this, _key);
            _channel.Backend.ListeningSockets.Release(_socket);
        }
    }

    private void Resume()
    {
        if (!_isAccepting)
        {
            Start();
        }
    }

    private sealed class Retry(IoUringListener listener) : ChannelTimer
    {
        protected override void OnDue() => listener.Resume();
    }
}
