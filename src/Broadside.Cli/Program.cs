return await Broadside.Cli.BroadsideCommand.RunAsync(args, Console.Out, Console.Error);
