using System.Net;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <content>Opening: what an accepted connection still has to learn, and the steps of connecting.</content>
internal sealed unsafe partial class IoUringConnection
{
    /// <summary>
    /// Begins the life of an accepted connection. Multishot accepts tell no addresses: the peer's is asked for together with the
    /// first receive, so that it costs no round of its own.
    /// </summary>
    public void Accept(int file, IoUringListener listener)
    {
        _file = file;
        _local = listener.LocalEndPoint;
        var opening = Rent();
        opening.Acceptor = listener.Acceptor;
        _state |= NativeAddress.IsIp(listener.Family) ? State.Tcp : State.Copying;
        if (!IsTcp)
        {
            _remote = NativeAddress.Unnamed();
            Enqueue();
            return;
        }

        // The kernel refuses a length other than the family's own.
        opening.AddressLength = NativeAddress.IsIpv6(listener.Family) ? NativeAddress.Ipv6Length : NativeAddress.Ipv4Length;
        var receives = Owner.Buffers.TryPrepare();
        var link = receives ? EntryFlags.Link : EntryFlags.None;
        Owner.Ring.Reserve(3);
        ref var peer = ref Option(SocketCommand.GetOption, OperationKind.PeerName, listener.IsWildcard ? EntryFlags.Link : link);
        peer.Level = SocketOption.LevelSocket;
        peer.OptionName = SocketOption.PeerName;
        peer.OptionValue = (ulong)opening.Address;
        peer.OptionLength = opening.AddressLength;
        if (listener.IsWildcard)
        {
            Install(link);
        }

        if (receives)
        {
            StartReceive(Reception.Buffer);
        }
    }

    /// <summary>Begins the life of a connection made from here.</summary>
    public void Connect(EndPoint endPoint, TimeSpan timeout, IConnectionHandler handler)
    {
        Handler = handler;
        _remote = endPoint;
        var family = NativeAddress.Family(endPoint);
        if (family < 0)
        {
            Abort(CloseReason.Unreachable, Errno.ToException(Errno.AddressFamily));
            return;
        }

        _ending = new Ending(this);
        Channel.Schedule(_ending, timeout);
        var opening = Rent();
        opening.AddressLength = NativeAddress.Write(endPoint, new Span<byte>(opening.Address, NativeAddress.MaximumLength));
        _state |= NativeAddress.IsIp(family) ? State.Tcp : State.Copying;
        opening.Pending++;
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.Socket;
        entry.File = family;
        entry.Offset = NativeSocket.Stream;
        entry.FileIndex = SubmissionEntry.AllocateFile;
        entry.UserData = OperationTable.Key(opening.Key, OperationKind.Socket);
    }

    /// <summary>One of the steps has ended.</summary>
    public void OnOpening(OpeningOperation opening, OperationKind kind, int result)
    {
        if (kind == OperationKind.Cancel)
        {
            // It had not begun: one that is linked begins a moment after it was submitted.
            CancelOpening();
            return;
        }

        opening.Pending--;
        if (kind == OperationKind.InstallFile)
        {
            // Nice to have only: a connection works without knowing its own address.
            if (result >= 0)
            {
                opening.Local = NativeSocket.LocalEndPoint(result);
                SystemCalls.Close(result);
            }
        }
        else if (result < 0)
        {
            // A link that broke cancels those behind it.
            opening.Error = opening.Error is 0 or Errno.Canceled ? -result : opening.Error;
        }
        else if (kind == OperationKind.Socket)
        {
            _file = result;
            if (!Is(State.Ended))
            {
                Configure(opening);
            }
        }

        if (opening.Pending == 0)
        {
            OnOpened();
        }
    }

    private OpeningOperation Rent()
    {
        _opening = Owner.RentOpening(this);
        return _opening;
    }

    private void CancelOpening()
    {
        if (_opening is { Pending: > 0 } opening)
        {
            Owner.Cancel(opening.Key, OperationKind.Connect);
        }
    }

    private void Configure(OpeningOperation opening)
    {
        Span<(int Level, int Name, int Value)> settings = stackalloc (int, int, int)[TransportSettings.Maximum];
        var count = TransportSettings.Collect(_transport, IsTcp, settings);
        Owner.Ring.Reserve(count + 2);
        for (var index = 0; index < count; index++)
        {
            *opening.Value(index) = settings[index].Value;
            ref var option = ref Option(SocketCommand.SetOption, OperationKind.Option, EntryFlags.Link);
            option.Level = settings[index].Level;
            option.OptionName = settings[index].Name;
            option.OptionValue = (ulong)opening.Value(index);
            option.OptionLength = sizeof(int);
        }

        opening.Pending++;
        ref var connect = ref Owner.Ring.Next();
        connect.Opcode = Opcode.Connect;
        connect.Flags = EntryFlags.FixedFile | EntryFlags.Link;
        connect.File = _file;
        connect.Address = (ulong)opening.Address;
        connect.Offset = (ulong)opening.AddressLength;
        connect.UserData = OperationTable.Key(opening.Key, OperationKind.Connect);
        Install(EntryFlags.None);
    }

    private ref SubmissionEntry Option(uint operation, OperationKind kind, EntryFlags flags)
    {
        _opening!.Pending++;
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.Command;
        entry.Flags = EntryFlags.FixedFile | flags;
        entry.File = _file;
        entry.CommandOperation = operation;
        entry.UserData = OperationTable.Key(_opening.Key, kind);
        return ref entry;
    }

    /// <summary>Gets the connection a descriptor of the process for a moment: only so does the kernel tell its own address.</summary>
    private void Install(EntryFlags flags)
    {
        _opening!.Pending++;
        ref var entry = ref Owner.Ring.Next();
        entry.Opcode = Opcode.InstallFile;
        entry.Flags = EntryFlags.FixedFile | flags;
        entry.File = _file;
        entry.UserData = OperationTable.Key(_opening.Key, OperationKind.InstallFile);
    }

    private void OnOpened()
    {
        var opening = _opening!;
        var error = opening.Error;
        _local = opening.Local ?? _local ?? Unknown();
        var acceptor = opening.Acceptor;
        if (acceptor is not null && opening.AddressLength > 0 && error == 0)
        {
            _remote = NativeAddress.Read(new ReadOnlySpan<byte>(opening.Address, opening.AddressLength));
        }

        _opening = null;
        Owner.Return(opening);
        if (Is(State.Ended))
        {
            TryFinish();
        }
        else if (acceptor is not null)
        {
            Introduce(acceptor, error);
        }
        else if (error != 0)
        {
            Abort(CloseReasons.OfConnect(error, _remote!), Errno.ToException(error));
        }
        else
        {
            Channel.Cancel(_ending!);
            _ending = null;
            Establish();
        }
    }

    /// <summary>Presents an accepted connection to its acceptor.</summary>
    private void Introduce(IConnectionAcceptor acceptor, int error)
    {
        if (error != 0)
        {
            // Reset while it waited: there is nobody to serve.
            Abort(CloseReasons.Of(error));
            return;
        }

        if (Owner.AskAcceptor(acceptor, this) is not { } handler)
        {
            Abort();
            return;
        }

        Handler = handler;
        if (!Is(State.Ended))
        {
            Establish();
        }
    }

    private void Establish()
    {
        _state |= State.Established;
        Channel.Counters.CountConnection(1);
        RaiseConnected();
        if (Is(State.ShuttingDown) && !Is(State.ShutDown | State.Ended) && _send is null)
        {
            EndSending();
        }

        AdjustReceive();
    }

    private EndPoint Unknown()
    {
        if (!IsTcp)
        {
            return NativeAddress.Unnamed();
        }

        var isIpv6 = NativeAddress.IsIpv6(NativeAddress.Family(_remote!));
        return new IPEndPoint(isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
    }
}
