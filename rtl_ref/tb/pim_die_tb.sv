// A few transfers by hand, for simulators that know no C++: broadcast, gather, doorbell, the register of faults, refusals.
`timescale 1ns / 1ps
module pim_die_tb;
  `include "pim_abi.svh"
  localparam int Banks = 4;

  logic clk = 1'b0, rst_n = 1'b0;
  always #0.5 clk = ~clk;
  int errors = 0, now = 0, begun = 0;  // begun: the edge that took the last request
  always @(posedge clk) now <= now + 1;

  logic req_valid = 1'b0, req_write = 1'b0;
  wire req_ready;
  logic [56:0] req_addr = '0;
  logic [31:0] req_bytes = '0;
  logic [1023:0] req_data = '0;
  wire [2:0] req_error;
  wire in_ready, in_done, out_valid, out_last, out_done, bell_done;
  logic [255:0] in_data = '0;
  wire [2:0] in_error, out_error, bell_error;
  wire [255:0] out_data;
  wire [31:0] out_strb, bell_rdata;
  wire [Banks-1:0] wr_valid, open_valid, rd_valid, cmd_valid;
  wire [31:0] wr_offset, wr_left, wr_strb, open_offset, open_bytes, rd_offset, rd_left, cmd_bytes;
  wire [255:0] wr_data;
  wire [11:0] cmd_offset;
  wire [1023:0] cmd_data;
  logic [Banks*256-1:0] rd_data;
  logic [3*Banks-1:0] wr_error = '0;

  pim_die #(
      .Banks   (Banks),
      .RamBytes(1024)
  ) dut (
      .clk_i(clk), .rst_ni(rst_n), .present_i(4'b1111), .half_duplex_i(1'b0),
      .req_valid_i(req_valid), .req_ready_o(req_ready), .req_write_i(req_write), .req_addr_i(req_addr),
      .req_bytes_i(req_bytes), .req_data_i(req_data), .req_error_o(req_error),
      .in_ready_o(in_ready), .in_valid_i(1'b1), .in_data_i(in_data), .in_strb_i(32'hFFFFFFFF), .in_done_o(in_done),
      .in_error_o(in_error),
      .out_valid_o(out_valid), .out_ready_i(1'b1), .out_data_o(out_data), .out_strb_o(out_strb), .out_last_o(out_last),
      .out_error_o(out_error), .out_done_o(out_done),
      .bell_done_o(bell_done), .bell_error_o(bell_error), .bell_rdata_o(bell_rdata),
      .wr_valid_o(wr_valid), .wr_ready_i(4'b1111), .wr_error_i(wr_error), .wr_offset_o(wr_offset), .wr_left_o(wr_left),
      .wr_data_o(wr_data), .wr_strb_o(wr_strb),
      .open_valid_o(open_valid), .open_ready_i(4'b1111), .open_error_i(12'd0), .open_offset_o(open_offset),
      .open_bytes_o(open_bytes),
      .rd_valid_o(rd_valid), .rd_ready_i(4'b1111), .rd_error_i(12'd0), .rd_data_i(rd_data), .rd_offset_o(rd_offset),
      .rd_left_o(rd_left),
      .cmd_valid_o(cmd_valid), .cmd_ready_i(4'b1111), .cmd_error_i(12'd0), .cmd_offset_o(cmd_offset),
      .cmd_bytes_o(cmd_bytes), .cmd_data_o(cmd_data)
  );

  // Banks of one beat: what was written last.
  always @(posedge clk) begin
    for (int b = 0; b < Banks; b++) begin
      if (wr_valid[b]) rd_data[b*256+:256] <= wr_data;
    end
  end

  task automatic check(input string what, input int expected, input int actual);
    if (expected !== actual) begin
      errors = errors + 1;
      $display("%s: expected %0d, is %0d", what, expected, actual);
    end
  endtask

  // Returns with the edge that takes the request.
  task automatic request(input logic write, input logic [56:0] addr, input int bytes, output logic [2:0] error);
    req_valid = 1'b1;
    req_write = write;
    req_addr  = addr;
    req_bytes = bytes;
    do @(posedge clk); while (!req_ready);
    error = req_error;
    begun = now;
    #0.1 req_valid = 1'b0;
  endtask

  function automatic logic [56:0] window(input int which, input logic [31:0] mask, input logic [21:0] offset);
    window = {which[2:0], mask, offset};
  endfunction

  logic [2:0] error;
  initial begin
    #2.2 rst_n = 1'b1;
    @(posedge clk);
    #0.1;
    // 96 bytes to banks 0 and 2: three beats and two cycles through the die.
    in_data = {8{32'hCAFE0123}};
    request(1'b1, window(DieBroadcast, 32'b0101, 22'(BankBram)), 96, error);
    check("broadcast begins", 0, int'(error));
    do @(posedge clk); while (!in_done);
    check("broadcast takes", 5, now - begun);
    check("broadcast succeeds", 0, int'(in_error));
    // Both have it; the others have not.
    #0.1;
    check("bank 2 is written", int'(32'hCAFE0123), int'(rd_data[2*256+:32]));
    request(1'b0, window(DieGather, 32'b0101, 22'(BankBram)), 32, error);
    do @(posedge clk); while (!out_done);
    check("gather takes", 4, now - begun);
    check("gather brings", int'(32'hCAFE0123), int'(out_data[31:0]));
    #0.1;
    // Two banks refuse, each for its own reason: the lower one's is the answer.
    wr_error = {3'd0, 3'(ErrorCommand), 3'd0, 3'(ErrorAddress)};
    request(1'b1, window(DieBroadcast, 32'b0101, 22'(BankBram)), 32, error);
    do @(posedge clk); while (!in_done);
    check("the lowest refusal", ErrorAddress, int'(in_error));
    #0.1 wr_error = '0;
    // Refusals at the door.
    request(1'b1, window(DieBroadcast, 32'b0, 22'(BankBram)), 32, error);
    check("no bank", ErrorAddress, int'(error));
    request(1'b1, window(DieBroadcast, 32'b10000, 22'(BankBram)), 32, error);
    check("a bank too many", ErrorAddress, int'(error));
    request(1'b0, window(DieBroadcast, 32'b1, 22'(BankBram)), 32, error);
    check("reading a broadcast", ErrorCommand, int'(error));
    request(1'b1, window(DieBroadcast, 32'b1, 22'(BankBram)), 1025, error);
    check("more than DieRAM", ErrorBurst, int'(error));
    // A command for banks 1 and 3.
    req_data = '0;
    request(1'b1, window(DieBroadcast, 32'b1010, 22'd0), 128, error);
    do @(posedge clk); while (!bell_done);
    check("doorbell takes", 2, now - begun);
    // Both take it: what banks 0 and 2 refused before is forgotten. The register may be read, not written.
    request(1'b0, 57'(DieFaultMask), 4, error);
    do @(posedge clk); while (!bell_done);
    check("no bank refused", 0, int'(bell_rdata));
    #0.1 request(1'b1, 57'(DieFaultMask), 4, error);
    do @(posedge clk); while (!bell_done);
    check("a written register", ErrorCommand, int'(bell_error));
    if (errors == 0) $display("pim_die_tb: passed");
    else $display("pim_die_tb: %0d errors", errors);
    $finish;
  end
endmodule
