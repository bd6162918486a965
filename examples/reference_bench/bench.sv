// A test bench of your own for RTL of your own: random commands to a bank, and libpimref says over DPI what they compute.
//
//   pins in, values out: nothing here knows the model's timing, or a name within pim_bank.
//
// +commands=N (10000), +seed=N (1). Ends with "reference_bench: N commands, M refused, 0 differences".
module bench;
  `include "pim_abi.svh"

  import "DPI-C" function int pim_ref_version();
  import "DPI-C" function chandle pim_ref_memory_new(input int unsigned bytes);
  import "DPI-C" function int pim_ref_memory_write(input chandle memory, input int unsigned offset, input bit [255:0] beat);
  import "DPI-C" function int pim_ref_memory_read(input chandle memory, input int unsigned offset, output bit [255:0] beat);
  import "DPI-C" function int pim_ref_bank_execute(input bit [1023:0] command, input int unsigned bank_in_die, input chandle bmem, input chandle bram);

  localparam int BramBytes = 16384;  // operands in the lower half, results in the upper one
  localparam int Half = BramBytes / 2;
  localparam int CellBytes = 65536;
  localparam int ColumnBits = 5;

  // ---- the bank and its two clocks, of which no edges coincide
  logic clk = 1'b0, bus_clk = 1'b0, rst_n = 1'b0;
  always begin
    #1 clk = 1'b1;
    #1 bus_clk = 1'b1;
    #1 clk = 1'b0;
    #1 bus_clk = 1'b0;
  end

  logic [4:0] bank = 5'd3;
  logic bus_valid = 1'b0, bus_we = 1'b0, bus_ready, bus_rvalid, done, refused;
  logic [21:0] bus_addr = '0;
  logic [255:0] bus_wdata = '0, bus_rdata, rdata = '0, wdata;
  logic col_valid, wdata_valid;
  logic [1:0] col_kind;
  logic [25:0] col_row;
  logic [14:0] col_index;
  logic [31:0] wdata_mask;
  pim_bank dut (
      .clk_i(clk), .rst_ni(rst_n), .bank_i(bank), .mac_beat_i(6'd2), .bram_bytes_i(22'(BramBytes)), .bmem_bytes_i(32'(CellBytes)),
      .t_rcd_read_i(12'd36), .t_rcd_mac_i(12'd56), .t_rcd_write_i(12'd28), .t_rp_i(12'd32), .t_ras_i(12'd54), .t_rc_i(12'd86),
      .t_ccd_i(12'd2), .t_wr_i(12'd26), .t_rtp_i(12'd4), .t_rfc_i(12'd210), .t_refi_i(28'd3333), .refresh_first_i(28'd3333),
      .refresh_postpone_i(28'd0), .refresh_enable_i(1'b1), .two_buffers_i(1'b0), .column_bits_i(4'(ColumnBits)),
      .bus_clk_i(bus_clk), .bus_valid_i(bus_valid), .bus_ready_o(bus_ready), .bus_we_i(bus_we), .bus_addr_i(bus_addr), .bus_be_i('1),
      .bus_wdata_i(bus_wdata), .bus_rvalid_o(bus_rvalid), .bus_rready_i(1'b1), .bus_rdata_o(bus_rdata),
      .busy_o(), .done_o(done), .error_o(refused), .state_o(), .act_o(), .act_row0_o(), .act_row1_o(), .pre_o(), .ref_o(),
      .col_valid_o(col_valid), .col_kind_o(col_kind), .col_row_o(col_row), .col_index_o(col_index), .rdata_i(rdata),
      .wdata_valid_o(wdata_valid), .wdata_mask_o(wdata_mask), .wdata_o(wdata)
  );

  // ---- the cells: a MAC column comes one cycle after its command; writes follow their columns in order
  logic [255:0] cells[0:CellBytes/32-1];
  int written[$];  // columns whose bytes are still to come
  int column;
  always @(posedge clk) begin
    column = (32'(col_row) << ColumnBits) + 32'(col_index);
    if (col_valid && col_kind == 2'd1) rdata <= cells[column];
    if (col_valid && col_kind == 2'd2) written.push_back(column);
    if (wdata_valid) begin
      for (int i = 0; i < 32; i++) if (wdata_mask[i]) cells[written[0]][8*i+:8] <= wdata[8*i+:8];
      void'(written.pop_front());
    end
  end

  // What the last command ended with.
  logic ended = 1'b0, was_refused = 1'b0;
  always @(posedge clk) begin
    if (done) begin
      ended       <= 1'b1;
      was_refused <= refused;
    end
  end

  // ---- the bus
  task automatic write_beat(input int address, input logic [255:0] beat);
    @(negedge bus_clk);
    bus_valid = 1'b1;
    bus_we    = 1'b1;
    bus_addr  = 22'(address);
    bus_wdata = beat;
    do @(posedge bus_clk); while (!bus_ready);
    @(negedge bus_clk) bus_valid = 1'b0;
  endtask

  task automatic read_beat(input int address, output logic [255:0] beat);
    @(negedge bus_clk);
    bus_valid = 1'b1;
    bus_we    = 1'b0;
    bus_addr  = 22'(address);
    do @(posedge bus_clk); while (!bus_ready);
    @(negedge bus_clk) bus_valid = 1'b0;
    beat = bus_rdata;
  endtask

  // ---- random commands
  chandle bmem, bram;
  int differences = 0, refusals = 0;

  function automatic int below(input int n);
    return int'($urandom() % n);
  endfunction

  // The low half of every byte is at most 11: read as the shift of a cached token, it is one that STORE may have written.
  function automatic logic [255:0] random_beat();
    logic [255:0] beat;
    for (int i = 0; i < 32; i++) beat[8*i+:8] = {4'(below(16)), 4'(below(12))};
    return beat;
  endfunction

  function automatic logic [1023:0] random_command();
    logic [1023:0] command;
    int groups, k, vectors, heads, tokens, dim, code_bits, pitch, rows, input_bytes, output_bytes, banks, length;
    command      = '0;
    banks        = 1 + below(below(2) == 0 ? 3 : 16);
    heads        = 1 + below(4);
    code_bits    = 4 << below(3);
    dim          = 32 << below(3);
    tokens       = 1 + below(5);
    vectors      = 1 + below(below(4) == 0 ? 12 : 3);
    length       = 1 + below(below(2) == 0 ? 40 : 300);
    input_bytes  = 0;
    output_bytes = 0;
    command[CmdBanksPerGroup+:8] = 8'(banks);
    case (below(6))
      0: begin
        k      = 128 * (1 + below(8));
        groups = k / 128;
        rows   = 1 + below(20);
        pitch  = rows + below(4);
        command[CmdOpcode+:8] = 8'(OpMac);
        command[CmdFlags+:8]  = below(2) == 0 ? 8'(FlagRaw) : below(3) == 0 ? 8'(FlagRaw | FlagAccumulate) : 8'd0;
        command[CmdMacBmem+:32]           = 32'(32 * below(64));
        command[CmdMacRows+:32]           = 32'(rows);
        command[CmdMacOutRows+:32]        = 32'(pitch);
        command[CmdMacK+:32]              = 32'(k);
        command[CmdMacGroup+:16]          = 16'd128;
        command[CmdMacVectors+:32]        = 32'(vectors);
        command[CmdMacBramIn+:32]         = 32'(4 * below(64));
        command[CmdMacBramOut+:32]        = 32'(Half + 4 * below(64));
        command[CmdMacWeightBits+:8]      = 8'd4;
        command[CmdMacScaleBits+:8]       = 8'd16;
        command[CmdMacZeroBits+:8]        = below(2) == 0 ? 8'd4 : 8'd0;
        command[CmdMacActivationBits+:8]  = below(2) == 0 ? 8'd8 : 8'd16;
        command[CmdMacWeightExponent+:16] = 16'(below(32) - 16);
        input_bytes  = vectors * ((2 * k + groups + 4) & ~3) + 256;
        output_bytes = vectors * pitch * 8 + 256;
      end
      1, 2: begin
        pitch = (length + tokens) / banks + 2 + tokens;
        command[CmdOpcode+:8] = below(2) == 0 ? 8'(OpScore) : 8'(OpPv);
        if (command[CmdOpcode+:8] == 8'(OpPv)) command[CmdFlags+:8] = below(2) == 0 ? 8'(FlagRaw) : 8'd0;
        command[CmdAttentionBramOut+:32] = 32'(Half + 4 * below(64));
        input_bytes  = command[CmdOpcode+:8] == 8'(OpPv) ? tokens * heads * pitch * 2 + 256 : tokens * ((heads * dim * 2 + heads + 3) & ~3) + 256;
        output_bytes = command[CmdOpcode+:8] == 8'(OpPv) ? tokens * heads * dim * 8 + 256 : tokens * heads * pitch * 4 + 256;
      end
      3: begin
        pitch = (length + tokens) / banks + 2 + tokens;
        command[CmdOpcode+:8] = 8'(OpSoftmax);
        input_bytes = tokens * heads * pitch * 4 + 256;
      end
      4: begin
        command[CmdOpcode+:8]          = 8'(OpStore);
        command[CmdStoreBmemK+:32]     = 32'(32 * below(64));
        command[CmdStoreBmemV+:32]     = 32'(CellBytes / 2 + 32 * below(64));
        command[CmdStoreFirst+:32]     = 32'(length - 1);
        command[CmdStoreTokens+:32]    = 32'(tokens);
        command[CmdStoreBramIn+:32]    = 32'(4 * below(64));
        command[CmdStoreHeadDim+:16]   = 16'(dim);
        command[CmdStoreKvBits+:8]     = 8'(code_bits);
        input_bytes = 2 * tokens * ((dim * code_bits / 8 + 4) & ~3) + 256;
      end
      default: begin
        command[CmdOpcode+:8]     = 8'(OpFill);
        command[CmdFillBram+:32]  = 32'(4 * below(BramBytes / 4));
        command[CmdFillWords+:32] = 32'(1 + below(500));
        command[CmdFillValue+:32] = {12{2'b01}} & $urandom();
      end
    endcase
    if (command[CmdOpcode+:8] == 8'(OpScore) || command[CmdOpcode+:8] == 8'(OpSoftmax) || command[CmdOpcode+:8] == 8'(OpPv)) begin
      command[CmdAttentionBmem+:32]            = 32'(32 * below(64));
      command[CmdAttentionLength+:32]          = 32'(length);
      command[CmdAttentionTokens+:32]          = 32'(tokens);
      command[CmdAttentionBramIn+:32]          = 32'(4 * below(64));
      command[CmdAttentionPitch+:32]           = 32'(pitch);
      command[CmdAttentionHeadDim+:16]         = 16'(dim);
      command[CmdAttentionHeadsPerGroup+:8]    = 8'(heads);
      command[CmdAttentionKvBits+:8]           = 8'(code_bits);
      command[CmdAttentionMultiplier+:16]      = 16'($urandom());
      command[CmdAttentionMultiplierShift+:16] = 16'(below(24));
    end
    // Operands and results keep to their halves; what does not fit is left to the bank to refuse, now and then.
    if (input_bytes > Half || output_bytes > Half || below(20) == 0) command[CmdBanksPerGroup+:8] = 8'd0;
    return command;
  endfunction

  // The same to the bank and to the reference.
  task automatic put_beat(input int at, input logic [255:0] beat);
    write_beat((1 << 21) + at, beat);
    void'(pim_ref_memory_write(bram, at, beat));
  endtask

  // Shifts of activation records are at most 12; they lie behind the mantissas, one for each group of 128.
  task automatic put_shifts(input logic [1023:0] command);
    int k, groups, record, at;
    bit [255:0] beat;
    k      = int'(command[CmdMacK+:32]);
    groups = k / 128;
    record = (k * int'(command[CmdMacActivationBits+:8]) / 8 + groups + 4) & ~3;
    for (int v = 0; v < int'(command[CmdMacVectors+:32]); v++) begin
      for (int g = 0; g < groups; g++) begin
        at = int'(command[CmdMacBramIn+:32]) + v * record + k * int'(command[CmdMacActivationBits+:8]) / 8 + g;
        void'(pim_ref_memory_read(bram, at & ~31, beat));
        beat[8*(at%32)+:8] = 8'(below(13));
        put_beat(at & ~31, beat);
      end
    end
  endtask

  // ---- one after another
  task automatic compare(input int number, input logic [7:0] opcode);
    bit [255:0] expected;
    logic [255:0] got;
    for (int at = 0; at < BramBytes && differences == 0; at += 32) begin
      read_beat((1 << 21) + at, got);
      void'(pim_ref_memory_read(bram, at, expected));
      if (got !== expected) begin
        differences++;
        $display("reference_bench: command %0d, opcode %0d: BRAM at %0d: expected %h, got %h", number, opcode, at, expected, got);
      end
    end
    for (int at = 0; at < CellBytes && opcode == 8'(OpStore) && differences == 0; at += 32) begin
      void'(pim_ref_memory_read(bmem, at, expected));
      if (cells[at/32] !== expected) begin
        differences++;
        $display("reference_bench: command %0d, STORE: cells at %0d: expected %h, got %h", number, at, expected, cells[at/32]);
      end
    end
  endtask

  int commands = 10000, seed = 1, status;
  logic [1023:0] command;
  logic [255:0] beat;
  initial begin
    void'($value$plusargs("commands=%d", commands));
    void'($value$plusargs("seed=%d", seed));
    status = int'($urandom(seed));
    if (commands < 1) $fatal(1, "reference_bench: +commands: expected at least 1");
    if (pim_ref_version() != 1) $fatal(1, "reference_bench: this bench knows version 1 of libpimref");
    bmem = pim_ref_memory_new(CellBytes);
    bram = pim_ref_memory_new(BramBytes);
    #10 rst_n = 1'b1;
    for (int at = 0; at < CellBytes; at += 32) begin
      beat = random_beat();
      cells[at/32] = beat;
      void'(pim_ref_memory_write(bmem, at, beat));
    end
    for (int n = 0; n < commands && differences == 0; n++) begin
      // New operands in part of BRAM; results of commands before are operands as well.
      for (int at = n == 0 ? 0 : 32 * below(64); at < (n == 0 ? BramBytes : Half); at += n == 0 ? 32 : 32 * (1 + below(64))) begin
        put_beat(at, random_beat());
      end
      command = random_command();
      if (command[CmdOpcode+:8] == 8'(OpMac) && command[CmdBanksPerGroup+:8] != '0) put_shifts(command);
      ended   = 1'b0;
      for (int i = 0; i < 4; i++) write_beat(BankCommand + 32 * i, command[256*i+:256]);
      wait (ended);
      repeat (2) @(negedge clk);
      status = pim_ref_bank_execute(command, 32'(bank), bmem, bram);
      if ((status != 0) != was_refused) begin
        differences++;
        $display("reference_bench: command %0d, opcode %0d: expected status %0d, got %0d", n, command[CmdOpcode+:8], status, was_refused);
      end
      refusals += 32'(was_refused);
      compare(n, command[CmdOpcode+:8]);
    end
    $display("reference_bench: %0d commands, %0d refused, %0d differences", commands, refusals, differences);
    $finish;
  end
endmodule
