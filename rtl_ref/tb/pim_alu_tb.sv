// Replays what `pimtlm-cosim alu --record FILE` put on the pins of pim_alu, in any simulator, and compares the outputs
// before every clock edge.
//   +vectors=FILE
`timescale 1ns / 1ps
module pim_alu_tb;
  logic clk, rst_n;

  // inputs
  logic reset, command_valid, request_ready, read_valid, write_ready;
  logic [1023:0] command, read_data;
  // ... as read: Verilator 5.006 with --timing does not see that $fscanf changes what it is given.
  logic f_reset, f_command_valid, f_request_ready, f_read_valid, f_write_ready;
  logic [1023:0] f_command, f_read_data;

  // outputs, and what they have to be
  logic command_ready, done, computing, request_valid, request_write, read_ready, write_valid;
  logic [31:0] request_address, request_bytes;
  logic [1023:0] write_data;
  logic e_command_ready, e_done, e_computing, e_request_valid, e_request_write, e_read_ready, e_write_valid;
  logic [31:0] e_request_address, e_request_bytes;
  logic [1023:0] e_write_data;

  pim_alu dut (
      .clk_i(clk),
      .rst_ni(rst_n),
      .command_valid_i(command_valid),
      .command_ready_o(command_ready),
      .command_i(command),
      .done_o(done),
      .computing_o(computing),
      .request_valid_o(request_valid),
      .request_ready_i(request_ready),
      .request_write_o(request_write),
      .request_address_o(request_address),
      .request_bytes_o(request_bytes),
      .read_valid_i(read_valid),
      .read_ready_o(read_ready),
      .read_data_i(read_data),
      .write_valid_o(write_valid),
      .write_ready_i(write_ready),
      .write_data_o(write_data)
  );

  // Counted apart from the lines: behind a loop Verilator 5.006 with --timing takes a count for what it was before it.
  integer edges = 0;
  always @(posedge clk) edges = edges + 1;
  integer file, fields, line;
  reg [8*512-1:0] name;

  task fail(input [8*16-1:0] what);
    begin
      $display("pim_alu_tb: line %0d: %0s differs (opcode %h, computing %b expected %b, done %b expected %b)", line, what,
               command[7:0], computing, e_computing, done, e_done);
      $finish;
    end
  endtask

  initial begin
    if (!$value$plusargs("vectors=%s", name)) begin
      $display("pim_alu_tb: expected +vectors=FILE");
      $finish;
    end
    file  = $fopen(name, "r");
    clk   = 0;
    rst_n = 1;
    line  = 0;
    while (!$feof(
        file
    )) begin
      fields = $fscanf(file, "%h %h %h %h %h %h %h", f_reset, f_command_valid, f_command, f_request_ready, f_read_valid,
                       f_read_data, f_write_ready);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h %h", e_command_ready, e_done, e_computing, e_request_valid,
                                e_request_write, e_request_address, e_request_bytes);
      fields = fields + $fscanf(file, "%h %h %h\n", e_read_ready, e_write_valid, e_write_data);
      line = line + 1;
      if (fields != 17) fail("the line");
      reset         = f_reset;
      command_valid = f_command_valid;
      command       = f_command;
      request_ready = f_request_ready;
      read_valid    = f_read_valid;
      read_data     = f_read_data;
      write_ready   = f_write_ready;
      rst_n         = !reset;
      #1;
      if (command_ready !== e_command_ready) fail("command_ready");
      if (done !== e_done) fail("done");
      if (computing !== e_computing) fail("computing");
      if (request_valid !== e_request_valid) fail("request_valid");
      if (e_request_valid) begin
        if (request_write !== e_request_write) fail("request_write");
        if (request_address !== e_request_address) fail("request_address");
        if (request_bytes !== e_request_bytes) fail("request_bytes");
      end
      if (read_ready !== e_read_ready) fail("read_ready");
      if (write_valid !== e_write_valid) fail("write_valid");
      if (e_write_valid && write_data !== e_write_data) fail("write_data");
      clk = 1;
      #1;
      clk = 0;
    end
    $display("pim_alu_tb: passed, %0d edges", edges);
    $finish;
  end
endmodule
