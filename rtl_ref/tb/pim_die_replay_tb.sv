// Replays what `pimtlm-cosim die --record FILE` put on the pins of pim_die, in any simulator, and compares the outputs
// before every clock edge.
//   +vectors=FILE
`timescale 1ns / 1ps
module pim_die_replay_tb;
  localparam int Banks = 16;
  logic clk, rst_n;

  // inputs
  logic [Banks-1:0] present, wr_ready, open_ready, rd_ready, cmd_ready;
  logic half_duplex, req_valid, req_write, in_valid, out_ready;
  logic [56:0] req_addr;
  logic [31:0] req_bytes, in_strb;
  logic [1023:0] req_data;
  logic [255:0] in_data;
  logic [3*Banks-1:0] wr_error, open_error, rd_error, cmd_error;
  logic [256*Banks-1:0] rd_data;
  // ... as read: Verilator 5.006 with --timing does not see that $fscanf changes what it is given.
  logic [Banks-1:0] f_present, f_wr_ready, f_open_ready, f_rd_ready, f_cmd_ready;
  logic f_half_duplex, f_req_valid, f_req_write, f_in_valid, f_out_ready;
  logic [56:0] f_req_addr;
  logic [31:0] f_req_bytes, f_in_strb;
  logic [1023:0] f_req_data;
  logic [255:0] f_in_data;
  logic [3*Banks-1:0] f_wr_error, f_open_error, f_rd_error, f_cmd_error;
  logic [256*Banks-1:0] f_rd_data;

  // outputs, and what they have to be
  logic req_ready, in_ready, in_done, out_valid, out_last, out_done, bell_done;
  logic [2:0] req_error, in_error, out_error, bell_error;
  logic [255:0] out_data, wr_data;
  logic [31:0] out_strb, bell_rdata, wr_offset, wr_left, wr_strb, open_offset, open_bytes, rd_offset, rd_left, cmd_bytes;
  logic [Banks-1:0] wr_valid, open_valid, rd_valid, cmd_valid;
  logic [11:0] cmd_offset;
  logic [1023:0] cmd_data;
  logic e_req_ready, e_in_ready, e_in_done, e_out_valid, e_out_last, e_out_done, e_bell_done;
  logic [2:0] e_req_error, e_in_error, e_out_error, e_bell_error;
  logic [255:0] e_out_data, e_wr_data;
  logic [31:0] e_out_strb, e_bell_rdata, e_wr_offset, e_wr_left, e_wr_strb, e_open_offset, e_open_bytes, e_rd_offset, e_rd_left, e_cmd_bytes;
  logic [Banks-1:0] e_wr_valid, e_open_valid, e_rd_valid, e_cmd_valid;
  logic [11:0] e_cmd_offset;
  logic [1023:0] e_cmd_data;

  pim_die dut (
      .clk_i(clk), .rst_ni(rst_n), .present_i(present), .half_duplex_i(half_duplex),
      .req_valid_i(req_valid), .req_ready_o(req_ready), .req_write_i(req_write), .req_addr_i(req_addr),
      .req_bytes_i(req_bytes), .req_data_i(req_data), .req_error_o(req_error),
      .in_ready_o(in_ready), .in_valid_i(in_valid), .in_data_i(in_data), .in_strb_i(in_strb), .in_done_o(in_done),
      .in_error_o(in_error),
      .out_valid_o(out_valid), .out_ready_i(out_ready), .out_data_o(out_data), .out_strb_o(out_strb), .out_last_o(out_last),
      .out_error_o(out_error), .out_done_o(out_done),
      .bell_done_o(bell_done), .bell_error_o(bell_error), .bell_rdata_o(bell_rdata),
      .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_error_i(wr_error), .wr_offset_o(wr_offset), .wr_left_o(wr_left),
      .wr_data_o(wr_data), .wr_strb_o(wr_strb),
      .open_valid_o(open_valid), .open_ready_i(open_ready), .open_error_i(open_error), .open_offset_o(open_offset),
      .open_bytes_o(open_bytes),
      .rd_valid_o(rd_valid), .rd_ready_i(rd_ready), .rd_error_i(rd_error), .rd_data_i(rd_data), .rd_offset_o(rd_offset),
      .rd_left_o(rd_left),
      .cmd_valid_o(cmd_valid), .cmd_ready_i(cmd_ready), .cmd_error_i(cmd_error), .cmd_offset_o(cmd_offset),
      .cmd_bytes_o(cmd_bytes), .cmd_data_o(cmd_data)
  );

  // Counted apart from the lines: behind a loop Verilator 5.006 with --timing takes a count for what it was before it.
  integer edges = 0;
  always @(posedge clk) edges = edges + 1;
  integer file, fields, line, i;
  reg [8*512-1:0] name;

  task fail(input [8*12-1:0] what);
    begin
      $display("pim_die_replay_tb: line %0d: %0s differs", line, what);
      $finish;
    end
  endtask

  // Bytes of DieRAM that nobody has written are what a simulator makes of them.
  task compare_bytes(input [8*12-1:0] what, input [255:0] actual, input [255:0] expected, input [31:0] strobes);
    begin
      for (i = 0; i < 32; i = i + 1)
        if (strobes[i] && actual[8*i+:8] !== expected[8*i+:8] && ^actual[8*i+:8] !== 1'bx) fail(what);
    end
  endtask

  initial begin
    if (!$value$plusargs("vectors=%s", name)) begin
      $display("pim_die_replay_tb: expected +vectors=FILE");
      $finish;
    end
    file = $fopen(name, "r");
    clk = 0;
    rst_n = 1;
    {present, wr_ready, open_ready, rd_ready, cmd_ready} = 0;
    {half_duplex, req_valid, req_write, in_valid, out_ready} = 0;
    {req_addr, req_bytes, in_strb, req_data, in_data, wr_error, open_error, rd_error, cmd_error} = 0;
    rd_data = 0;
    #1 rst_n = 0;
    #1 clk = 1;
    #1 clk = 0;
    #1 rst_n = 1;
    line = 0;
    while (!$feof(
        file
    )) begin
      fields = $fscanf(file, "%h %h %h %h %h %h %h", f_present, f_half_duplex, f_req_valid, f_req_write, f_req_addr, f_req_bytes, f_req_data);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h", f_in_valid, f_in_data, f_in_strb, f_out_ready, f_wr_ready, f_wr_error);
      fields = fields + $fscanf(file, "%h %h %h %h %h", f_open_ready, f_open_error, f_rd_ready, f_rd_error, f_rd_data);
      fields = fields + $fscanf(file, "%h %h", f_cmd_ready, f_cmd_error);
      fields = fields + $fscanf(file, "%h %h %h %h %h", e_req_ready, e_req_error, e_in_ready, e_in_done, e_in_error);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h", e_out_valid, e_out_data, e_out_strb, e_out_last, e_out_error,
                                e_out_done);
      fields = fields + $fscanf(file, "%h %h %h", e_bell_done, e_bell_error, e_bell_rdata);
      fields = fields + $fscanf(file, "%h %h %h %h %h", e_wr_valid, e_wr_offset, e_wr_left, e_wr_data, e_wr_strb);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h", e_open_valid, e_open_offset, e_open_bytes, e_rd_valid, e_rd_offset,
                                e_rd_left);
      fields = fields + $fscanf(file, "%h %h %h %h\n", e_cmd_valid, e_cmd_offset, e_cmd_bytes, e_cmd_data);
      line = line + 1;
      if (fields != 49) fail("the line");
      present = f_present;
      half_duplex = f_half_duplex;
      req_valid = f_req_valid;
      req_write = f_req_write;
      req_addr = f_req_addr;
      req_bytes = f_req_bytes;
      req_data = f_req_data;
      in_valid = f_in_valid;
      in_data = f_in_data;
      in_strb = f_in_strb;
      out_ready = f_out_ready;
      wr_ready = f_wr_ready;
      wr_error = f_wr_error;
      open_ready = f_open_ready;
      open_error = f_open_error;
      rd_ready = f_rd_ready;
      rd_error = f_rd_error;
      rd_data = f_rd_data;
      cmd_ready = f_cmd_ready;
      cmd_error = f_cmd_error;
      #1;
      if (req_ready !== e_req_ready) fail("req_ready");
      if (req_valid && e_req_ready && req_error !== e_req_error) fail("req_error");
      if (in_ready !== e_in_ready) fail("in_ready");
      if (in_done !== e_in_done) fail("in_done");
      if (e_in_done && in_error !== e_in_error) fail("in_error");
      if (out_valid !== e_out_valid) fail("out_valid");
      if (e_out_valid) begin
        if (out_strb !== e_out_strb) fail("out_strb");
        if (out_last !== e_out_last) fail("out_last");
        if (e_out_last && out_error !== e_out_error) fail("out_error");
        compare_bytes("out_data", out_data, e_out_data, e_out_strb);
      end
      if (out_done !== e_out_done) fail("out_done");
      if (bell_done !== e_bell_done) fail("bell_done");
      if (e_bell_done && (bell_error !== e_bell_error || bell_rdata !== e_bell_rdata)) fail("bell");
      if (wr_valid !== e_wr_valid) fail("wr_valid");
      if (e_wr_valid != 0) begin
        if (wr_offset !== e_wr_offset || wr_left !== e_wr_left || wr_strb !== e_wr_strb) fail("wr");
        compare_bytes("wr_data", wr_data, e_wr_data, e_wr_strb);
      end
      if (open_valid !== e_open_valid) fail("open_valid");
      if (e_open_valid != 0 && (open_offset !== e_open_offset || open_bytes !== e_open_bytes)) fail("open");
      if (rd_valid !== e_rd_valid) fail("rd_valid");
      if (e_rd_valid != 0 && (rd_offset !== e_rd_offset || rd_left !== e_rd_left)) fail("rd");
      if (cmd_valid !== e_cmd_valid) fail("cmd_valid");
      if (e_cmd_valid != 0 && (cmd_offset !== e_cmd_offset || cmd_bytes !== e_cmd_bytes || cmd_data !== e_cmd_data))
        fail("cmd");
      clk = 1;
      #1;
      clk = 0;
    end
    $display("pim_die_replay_tb: passed, %0d edges", edges);
    $finish;
  end
endmodule
